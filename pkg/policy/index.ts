export { checkTokenSyntax, type TokenSyntaxResult } from './check-token-syntax.ts'
export { claimOf, describeValue, type Claims } from './claims.ts'
export { DOCUMENT_MAX_BYTES } from './document/document-text.ts'
export type { Diagnostic, Position, ReadResult } from './document/diagnostic.ts'
export type { Expression } from './expression/expression.ts'
export {
  inspectIssuerList,
  inspectTrustPolicy,
  type InspectOptions,
  type Inspection,
} from './inspect-document.ts'
export { LIST_MAX_PATTERNS, permitsIssuer, readIssuerList, type IssuerList } from './issuer-list.ts'
export { judgeDocument, type Judgement, type JudgeRequest, type TokenVerdict } from './judge-document.ts'
export { issuerListSchema, trustPolicySchema } from './json-schema.ts'
export { lintTrustPolicy } from './lint/lint.ts'
export { explainToken, matchToken, type Check, type MatchContext, type MatchResult } from './match.ts'
export { isIdentity, isOwnerName, isRepositoryName, isSameName, parseScope, type Scope } from './names.ts'
export { findNearMiss } from './document/near-miss.ts'
export { loadOctoStsComparison } from './octo-sts-comparison.ts'
export { readPolicyFileName, type PolicyFileName } from './policy-file-name.ts'
export {
  ISSUER_LIST_PATH,
  locatePolicy,
  POLICY_FOLDER,
  POLICY_SUFFIX,
  type PolicyLocation,
} from './policy-location.ts'
export { compareIssuerLists } from './power/compare-issuer-lists.ts'
export { comparePower } from './power/compare-power.ts'
export { describePower, type PolicyPower } from './power/describe-power.ts'
export type { PowerChange, PowerDifference } from './power/power-difference.ts'
export type { PowerText } from './power/power-text.ts'
export type { PolicyPlace } from './power/reach.ts'
export { checkAudience, checkIssuer, checkSubject } from './token-syntax.ts'
export { readTrustPolicy, type TrustPolicyOptions } from './trust-policy-reader.ts'
export type { CompiledTrustPolicy, PolicyLevel, TrustPolicy } from './trust-policy.ts'
