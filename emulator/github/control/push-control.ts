import { gitEntry } from '../model/git.ts'
import type { Commit, GitEntry } from '../model/git.ts'
import { addCommit, isAncestor, moveBranch, removeBranch, setTag } from '../model/push.ts'
import type { FileChange, Push } from '../model/push.ts'
import { resolveRef } from '../model/repository.ts'
import type { Repository } from '../model/repository.ts'
import { createLookup, known } from './lookup.ts'
import type { ControlParts } from './lookup.ts'

/** Changes by path: text or bytes of a file, an entry made by `symlink()` or `submodule()`, or null to delete. */
export type FileChanges = Readonly<Record<string, FileChange>>

/** One commit of a push. */
export interface NewCommit {
  readonly files: FileChanges
  /** Default `Update files`. */
  readonly message?: string
}

/** Changes made to a branch in one push. */
export interface NewPush extends Partial<NewCommit> {
  /** `owner/name`. */
  readonly repository: string
  /** Default: the default branch. */
  readonly branch?: string
  /** Several commits, oldest first, after the one that `files` makes if there is one. */
  readonly commits?: readonly NewCommit[]
  /**
   * Branch, tag or commit that the commits come on top of. Default: the branch's head; for a new branch that of the
   * default branch. One that the branch's head does not lead to needs `force`.
   */
  readonly from?: string
  readonly force?: boolean
}

/** Pushes by people. */
export interface PushControl {
  readonly push: (push: NewPush) => Push
  readonly writeFile: (repository: string, path: string, content: FileChange) => Push
  readonly deleteFile: (repository: string, path: string) => Push
  readonly deleteBranch: (repository: string, branch: string) => Push
  /** Tags the head of `branch`, by default the default branch. */
  readonly pushTag: (repository: string, tag: string, branch?: string) => Push
}

export function createPushControl({ registry, now, announce }: ControlParts): PushControl {
  const lookup = createLookup(registry)
  function announced(push: Push): Push {
    announce({ kind: 'push', push })
    return push
  }
  function baseOf(repository: Repository, branch: string, { from, force = false }: NewPush) {
    const head = repository.branches.get(branch)
    if (from === undefined) return head ?? repository.branches.get(repository.defaultBranch)
    const base = known(resolveRef(repository, from), `commit ${from}`)
    if (!force && head !== undefined && !isAncestor(repository, head, base)) {
      throw new Error(`${branch} cannot be moved to ${from} without force.`)
    }
    return base
  }

  const control: PushControl = {
    push(options) {
      const { files, message, commits = [] } = options
      const repository = lookup.repository(options.repository)
      const branch = options.branch ?? repository.defaultBranch
      const wanted = [
        ...(files === undefined ? [] : [{ files, ...(message === undefined ? {} : { message }) }]),
        ...commits,
      ]
      let head: Commit | undefined = baseOf(repository, branch, options)
      for (const one of wanted) {
        const parents: readonly Commit[] = head === undefined ? [] : [head]
        head = addCommit(repository, parents, entriesOf(one.files), one.message ?? 'Update files', now())
      }
      return announced(moveBranch(repository, branch, known(head, `commit to push`), now()))
    },
    writeFile: (repository, path, content) =>
      control.push({ repository, files: { [path]: content }, message: `Update ${path}` }),
    deleteFile: (repository, path) =>
      control.push({ repository, files: { [path]: null }, message: `Delete ${path}` }),
    deleteBranch(fullName, branch) {
      const repository = lookup.repository(fullName)
      const head = known(repository.branches.get(branch), `branch ${branch}`)
      return announced(removeBranch(repository, branch, head, now()))
    },
    pushTag(fullName, tag, branch) {
      const repository = lookup.repository(fullName)
      const commit = known(resolveRef(repository, branch), `branch ${branch ?? repository.defaultBranch}`)
      return announced(setTag(repository, tag, commit, now()))
    },
  }
  return control
}

/** The changes as entries of a tree. */
export function entriesOf(files: FileChanges): Map<string, GitEntry | null> {
  const entries = Object.entries(files).map(([path, change]): [string, GitEntry | null] => [
    path,
    typeof change === 'string' || Buffer.isBuffer(change) ? gitEntry('file', change) : change,
  ])
  return new Map(entries)
}
