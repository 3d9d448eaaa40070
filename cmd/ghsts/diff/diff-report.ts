import type { Diagnostic, PolicyLevel, PowerChange, PowerDifference } from '#pkg/policy'

/** What `ghsts policy diff --json` prints. */
export interface DiffReport {
  readonly level: PolicyLevel | 'issuer-list'
  readonly old: DiffedFile
  readonly new: DiffedFile
  /** Undefined where a file is invalid. */
  readonly power?: PowerDifference['power']
  readonly changes: readonly ReportedChange[]
}

/** One of the two files. */
export interface DiffedFile {
  /** As it was typed. */
  readonly file: string
  /** `absent`: the file is empty, and stands for no policy. */
  readonly verdict: 'valid' | 'invalid' | 'absent'
  /** What makes it invalid. */
  readonly diagnostics: readonly Diagnostic[]
}

/** A change, its text as one string with the values of the policy in back quotes. */
export interface ReportedChange extends Omit<PowerChange, 'text'> {
  readonly text: string
}
