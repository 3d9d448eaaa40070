import type { Account } from '../model/account.ts'
import { addCommit, moveBranch } from '../model/push.ts'
import type { FileChange } from '../model/push.ts'
import { createRepository } from '../model/repository.ts'
import type { Repository } from '../model/repository.ts'
import { createLookup, findRepository, known } from './lookup.ts'
import type { ControlParts } from './lookup.ts'
import { entriesOf } from './push-control.ts'

/** A new repository. */
export interface NewRepository {
  readonly owner: string
  readonly name: string
  /** Default true. */
  readonly private?: boolean
  /** Default `main`. */
  readonly defaultBranch?: string
  /** Files of the first commit, by path; default a README. Null: a repository without any commit. */
  readonly files?: Readonly<Record<string, FileChange>> | null
  /** Default: a fresh one. */
  readonly id?: number
}

/** Accounts and what they own. */
export interface RepositoryControl {
  /** Ids are given only where something outside has to know them. */
  readonly addOrganization: (login: string, id?: number) => Readonly<Account>
  readonly addUser: (login: string, id?: number) => Readonly<Account>
  /** Repositories move along and redirect from their old names; the old login is free again. */
  readonly renameAccount: (login: string, newLogin: string) => void
  readonly addRepository: (repository: NewRepository) => Readonly<Repository>
  readonly renameRepository: (fullName: string, newName: string) => void
  readonly transferRepository: (fullName: string, newOwner: string) => void
  readonly deleteRepository: (fullName: string) => void
  /** The branch must exist. */
  readonly setDefaultBranch: (fullName: string, branch: string) => void
  readonly findAccount: (login: string) => Readonly<Account> | undefined
  readonly findRepository: (fullName: string) => Readonly<Repository> | undefined
}

export function createRepositoryControl({ registry, now, announce }: ControlParts): RepositoryControl {
  const lookup = createLookup(registry)
  function addAccount(login: string, type: Account['type'], id = registry.nextId()): Account {
    const account = { id, login, type, createdAt: now() }
    registry.addAccount(account)
    return account
  }

  /** Takes the repository out of what was selected one by one. */
  function deselect(repository: Repository): void {
    for (const installation of registry.installations.values()) {
      const { selection } = installation
      if (selection === 'all' || !selection.delete(repository)) continue
      announce({
        kind: 'installation_repositories',
        action: 'removed',
        installation,
        added: [],
        removed: [repository],
      })
    }
  }

  return {
    addOrganization: (login, id) => addAccount(login, 'Organization', id),
    addUser: (login, id) => addAccount(login, 'User', id),
    renameAccount(login, newLogin) {
      registry.renameAccount(lookup.account(login), newLogin)
    },
    addRepository({ owner, name, private: isPrivate = true, defaultBranch = 'main', files, id }) {
      const repository = createRepository({
        id: id ?? registry.nextId(),
        owner: lookup.account(owner),
        name,
        private: isPrivate,
        defaultBranch,
        now: now(),
      })
      registry.addRepository(repository)
      if (files !== null) {
        const first = entriesOf(files ?? { 'README.md': `# ${name}\n` })
        moveBranch(
          repository,
          defaultBranch,
          addCommit(repository, [], first, 'Initial commit', now()),
          now(),
        )
      }
      return repository
    },
    renameRepository(fullName, newName) {
      const repository = lookup.repository(fullName)
      const { name } = repository
      registry.rename([repository], () => {
        repository.name = newName
      })
      announce({
        kind: 'repository',
        action: 'renamed',
        repository,
        changes: { repository: { name: { from: name } } },
      })
    },
    transferRepository(fullName, newOwner) {
      const repository = lookup.repository(fullName)
      const owner = lookup.account(newOwner)
      const { owner: from } = repository
      registry.rename([repository], () => {
        repository.owner = owner
      })
      deselect(repository)
      announce({ kind: 'repository', action: 'transferred', repository, changes: { owner: { from } } })
    },
    deleteRepository(fullName) {
      const repository = lookup.repository(fullName)
      registry.removeRepository(repository)
      announce({ kind: 'repository', action: 'deleted', repository })
      deselect(repository)
    },
    setDefaultBranch(fullName, branch) {
      const repository = lookup.repository(fullName)
      known(repository.branches.get(branch), `branch ${branch}`)
      const { defaultBranch } = repository
      repository.defaultBranch = branch
      announce({
        kind: 'repository',
        action: 'edited',
        repository,
        changes: { default_branch: { from: defaultBranch } },
      })
    },
    findAccount: registry.account,
    findRepository: (fullName) => findRepository(registry, fullName),
  }
}
