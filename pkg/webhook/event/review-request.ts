import type { ReviewTarget } from '#pkg/github'

/** A file that the commits of a push touched. */
export interface PushedFile {
  readonly path: string
  /**
   * `added`: it is there, and was not before. `changed`: it is there. `doubtful`: commits removed it too, so that it may
   * not be there any more. `removed`: it was there.
   */
  readonly state: 'added' | 'changed' | 'doubtful' | 'removed'
}

/** Where the files of a change are known from. */
export type FileSource =
  /** The payload names them. `base` is the commit or branch that they are compared with, if there is one. */
  | { readonly kind: 'listed'; readonly base: string | undefined; readonly files: readonly PushedFile[] }
  /** The difference to a commit or branch. `isTarget`: to what the commit is to be merged into. */
  | { readonly kind: 'comparison'; readonly base: string; readonly isTarget: boolean }
  /** All policies that are there. `base` is the branch that they are compared with, if there is one. */
  | { readonly kind: 'folder'; readonly base: string | undefined }

/** A branch whose head was pushed. Newer pushes make the checks of older ones needless. */
export interface BranchHead {
  /** With the repository that it is in, which may be a fork. */
  readonly branch: string
  /** When the repository was last pushed to, in milliseconds since the epoch. */
  readonly pushedAt: number
}

/** A commit whose policies are to be reviewed. */
export interface ReviewRequest {
  readonly target: ReviewTarget
  readonly headSha: string
  readonly sources: readonly FileSource[]
  readonly head: BranchHead | undefined
  /** Whether it comes from somebody who may not write to the repository. */
  readonly isFromFork: boolean
  /** Somebody asked for it: it is done although it may have been done before. */
  readonly again: boolean
}
