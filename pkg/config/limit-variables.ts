import { OWNER_NAMES } from './github-types.ts'
import { durationType } from './go-duration.ts'
import { integerType } from './value-type.ts'
import type { ReadVariable } from './variable.ts'

const MISS_BUDGET_MAX = 1_000_000

/** The variables that say who is served at all, and how much. */
export const LIMIT_VARIABLES = {
  STS_ALLOWED_ORGS: {
    topic: 'Limits',
    meaning: 'owners that are served; unset: any that has installed an App',
    type: OWNER_NAMES,
    example: 'acme,acme-labs',
    remarks: 'Users count as owners too. Letter case does not count.',
  },
  STS_MAX_TOKEN_LIFETIME: {
    topic: 'Limits',
    meaning: 'longest lifetime of an OIDC token that is accepted; unset: any',
    type: durationType('8760h', '1s'),
    example: '1h',
    remarks:
      'As `max_token_lifetime` in a policy, which can only be stricter: [policies.md](policies.md#fields).',
  },
  STS_MISS_BUDGET: {
    topic: 'Limits',
    meaning: 'names that are not there, a minute, that one issuer may ask of one owner',
    type: integerType(1, MISS_BUDGET_MAX, 'a number'),
    default: '60',
    example: '20',
    remarks:
      'Identities, repositories and owners. Beyond it the answer is `RATE_LIMITED`, and GitHub is not asked.',
  },
} as const satisfies Readonly<Record<string, ReadVariable>>
