import type { Check, Diagnostic, PolicyLevel, TokenVerdict, TrustPolicy } from '#pkg/policy'
import type { TextDifference } from './text-difference.ts'

/** What `ghsts policy check --json` prints. */
export interface CheckReport {
  readonly verdict: TokenVerdict
  /** The first check that failed, or what is wrong with the token. None with `allow` and with `policy_invalid`. */
  readonly reason?: string
  /** What is wrong with the token, in words that do not repeat it. With `token_invalid` alone. */
  readonly problem?: string
  readonly policy: { readonly file: string; readonly level: PolicyLevel }
  /** What the reader of the policy found. */
  readonly diagnostics: readonly Diagnostic[]
  /** All checks in their order; empty where the policy or the token is invalid. */
  readonly checks: readonly ReportedCheck[]
  /** With `allow` alone. */
  readonly grant?: Grant
  readonly notes: readonly Note[]
}

/** One thing that the policy demands. What is absent is undefined, and not there in JSON. */
export interface ReportedCheck extends Check {
  /** Where the token's value leaves the one that was wanted, for values that are compared as they are. */
  readonly difference?: TextDifference | undefined
}

/** What the token would be exchanged for. */
export interface Grant {
  readonly permissions: TrustPolicy['permissions']
  /** Names, all of the installation, or the one that the policy is in where that is not known. */
  readonly repositories: readonly string[] | 'all' | 'own'
}

/** What limits the answer. */
export interface Note {
  readonly code: NoteCode
  readonly message: string
}

/** The names are stable. */
export type NoteCode =
  'not_verified' | 'no_expiry' | 'expired' | 'not_yet_valid' | 'origin_not_judged' | 'no_domain'
