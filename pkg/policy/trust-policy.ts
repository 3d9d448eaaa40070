import type { Position } from './document/diagnostic.ts'
import type { Expression } from './expression/expression.ts'

/** Where a policy was read from, which decides what it may say and which repositories its token reaches. */
export type PolicyLevel = 'repository' | 'organization'

/** A permission level of GitHub, weakest first. */
export type PermissionLevel = 'read' | 'write' | 'admin'

/** A trust policy as its author wrote it: only the fields that are present, names as in the file. */
export interface TrustPolicy {
  readonly issuer?: string
  readonly issuer_pattern?: string
  readonly subject?: string
  readonly subject_pattern?: string
  readonly audience?: string
  readonly audience_pattern?: string
  readonly claim_pattern?: Readonly<Record<string, string>>
  readonly permissions: Readonly<Record<string, PermissionLevel>>
  /** Organization level only: bare names, in the author's order and spelling, without duplicates. */
  readonly repositories?: readonly string[]
  /** Seconds, 1 to 2^31-1. */
  readonly max_token_lifetime?: number
  readonly forbidden_claim_pattern?: Readonly<Record<string, string>>
  /** `owner/repo` that the file must sit in. */
  readonly origin?: string
  readonly description?: string
}

/** A value to equal, or an expression to match as a whole. */
export type Matcher =
  | { readonly kind: 'exact'; readonly value: string }
  | { readonly kind: 'pattern'; readonly expression: Expression }

/** A valid trust policy, ready to be matched: nothing is parsed or compiled after this. */
export interface CompiledTrustPolicy {
  readonly level: PolicyLevel
  readonly source: TrustPolicy
  readonly issuer: Matcher
  readonly subject: Matcher
  /** Undefined: the token must carry the service's own domain. */
  readonly audience: Matcher | undefined
  readonly claims: readonly ClaimMatcher[]
  readonly forbiddenClaims: readonly ClaimMatcher[]
  /** Where each field was written, by path: `subject`, `permissions.contents`, `repositories.0`, ... */
  readonly positions: ReadonlyMap<string, Position>
}

export interface ClaimMatcher {
  readonly claim: string
  readonly expression: Expression
}
