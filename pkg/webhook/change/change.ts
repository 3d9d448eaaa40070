import type { PolicyFile } from '../policy-file.ts'

/** A policy, or what looks like one, that a change touches. */
export interface ChangedPolicy {
  readonly file: PolicyFile
  /** `there` unless GitHub is wrong; `doubtful`: it may not be; `removed`: it is not, and was. */
  readonly presence: 'there' | 'doubtful' | 'removed'
  /**
   * The git object at its path at the head. Undefined: the source tells of none; null: it does, but not of this one, as
   * where only the mode of a file has changed.
   */
  readonly blob: string | null | undefined
  /** Where it was before; undefined when there is nothing to compare it with. */
  readonly before: { readonly path: string; readonly ref: string } | undefined
}

/** What a change does to the policies of its repository. */
export interface Change {
  /** By path, in its order. */
  readonly policies: readonly ChangedPolicy[]
  /** Why there may be more policies than these; undefined: these are all. */
  readonly gap: string | undefined
}
