import type { Diagnostic, PolicyLevel } from '#pkg/policy'

/** What `ghsts policy lint --json` prints. */
export interface LintReport {
  /** In the order of the arguments. */
  readonly files: readonly LintedFile[]
  /** Diagnostics of each severity, over all files. */
  readonly errors: number
  readonly warnings: number
  /** Files that octo-sts accepts and that are invalid here. With `--octo-sts` alone. */
  readonly works_in_octo_sts_only?: number
}

/** One file, as `ghsts policy lint --json` shows it. */
export interface LintedFile {
  /** As it was typed. */
  readonly file: string
  readonly level: PolicyLevel | 'issuer-list'
  /** `invalid` if a diagnostic is an error. */
  readonly verdict: 'valid' | 'invalid'
  readonly diagnostics: readonly Diagnostic[]
  /** What octo-sts does with it. With `--octo-sts` alone. */
  readonly octo_sts?: 'accepts' | 'rejects'
}
