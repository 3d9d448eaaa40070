export { gitHubIssuerTest } from './disclosure.ts'
export type { Exchange, ExchangeCall, ExchangeOutcome } from './exchange-call.ts'
export { createExchange, type ExchangeParts, type ExchangeService } from './exchange.ts'
export type { IssuerRules } from './issuer.ts'
export { createMissBudget, type MissBudget } from './miss-budget.ts'
export {
  createOrganizationIssuers,
  type OrganizationIssuers,
  type OrganizationIssuersOptions,
} from './organization-issuers.ts'
export { createTrustPolicies, type TrustPolicies, type TrustPoliciesOptions } from './trust-policies.ts'
