import type { CompiledTrustPolicy, Diagnostic, IssuerList, PowerDifference } from '#pkg/policy'
import type { PolicyFile } from '../policy-file.ts'

/** What a document was before a change: not there, usable, or there and letting nobody in. */
export type VersionBefore = 'none' | 'valid' | 'invalid'

/** A document that is valid, and what has become of what it gives. */
export type ReviewedDocument = {
  readonly before: VersionBefore
  readonly difference: PowerDifference
} & (
  | { readonly kind: 'trust-policy'; readonly value: CompiledTrustPolicy }
  | { readonly kind: 'issuer-list'; readonly value: IssuerList }
)

/** What the validator found out about one file. */
export interface PolicyReview {
  readonly file: PolicyFile
  /** Undefined where an exchange could use nothing of the file. */
  readonly document: ReviewedDocument | undefined
  /** Whether the change removes it. */
  readonly isRemoved: boolean
  /** What becomes of what a removed issuer list gave; undefined for all other files. */
  readonly removal: PowerDifference | undefined
  /** In the order of the file. An error among them: with this file no exchange works as it says. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Whether nothing about a file has to be mended. */
export function isPassed({ diagnostics }: PolicyReview): boolean {
  return diagnostics.every(({ severity }) => severity === 'warning')
}
