import type { Registry } from './model/registry.ts'
import type { Repository } from './model/repository.ts'

/** A branch, tag or commit, and the repository of the network to look for it in. */
export interface NetworkRef {
  readonly repository: Repository
  readonly ref: string
}

/**
 * What `ref` or `owner:ref` names: the second form means that owner's repository among the forks of `repository`, what
 * it is a fork of, and itself.
 * https://docs.github.com/rest/commits/commits#compare-two-commits
 */
export function networkRef(registry: Registry, repository: Repository, text: string): NetworkRef | undefined {
  const colon = text.indexOf(':')
  if (colon === -1) return { repository, ref: text }
  const owner = text.slice(0, colon).toLowerCase()
  const ownedBy = (one: Repository): boolean => one.owner.login.toLowerCase() === owner
  const related = [...registry.repositories.values()].filter((one) => rootOf(one) === rootOf(repository))
  // The same owner can have several of one network, and means the one that is asked about.
  const found = ownedBy(repository) ? repository : related.find(ownedBy)
  return found && { repository: found, ref: text.slice(colon + 1) }
}

/** The repository that all forks of a network lead back to. */
export function rootOf(repository: Repository): Repository {
  let root = repository
  while (root.parent !== null) root = root.parent
  return root
}
