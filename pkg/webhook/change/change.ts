import type { PolicyFile } from './policy-file.ts'

/** A policy, or what looks like one, that a change touches and that may be there at its head. */
export interface ChangedPolicy {
  readonly file: PolicyFile
  /** Where it was before; undefined when there is nothing to compare it with. */
  readonly before: { readonly path: string; readonly ref: string } | undefined
  /** Whether it may not be there after all. */
  readonly isDoubtful: boolean
}

/** What a change does to the policies of its repository. */
export interface Change {
  /** By path, in its order. */
  readonly policies: readonly ChangedPolicy[]
  /** Paths of policies that the change removes. */
  readonly removed: readonly string[]
  /** Why there may be more policies than these; undefined: these are all. */
  readonly gap: string | undefined
}
