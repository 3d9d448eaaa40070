import type { Account } from './account.ts'
import type { App } from './app.ts'
import { covers } from './installation.ts'
import type { Installation } from './installation.ts'
import { fullName } from './repository.ts'
import type { Repository } from './repository.ts'

/** What a name in a URL leads to: a repository, or the one that had this name before. */
export type NameLookup =
  | { readonly kind: 'found'; readonly repository: Repository }
  | { readonly kind: 'moved'; readonly repository: Repository }
  | { readonly kind: 'absent' }

/** Everything this GitHub knows of, found by id and by name. Names compare case-insensitively. */
export interface Registry {
  readonly apps: Map<number, App>
  readonly installations: Map<number, Installation>
  readonly repositories: Map<number, Repository>
  /** A fresh id, used for nothing else. */
  readonly nextId: () => number
  readonly addAccount: (account: Account) => void
  readonly account: (login: string) => Account | undefined
  /** Accepts an App id, as a number or digits, or a client id. */
  readonly appByIssuer: (issuer: string | number) => App | undefined
  readonly addRepository: (repository: Repository) => void
  readonly removeRepository: (repository: Repository) => void
  readonly repository: (owner: string, name: string) => NameLookup
  /** Makes a change of names, and has the old names redirect until someone takes them. */
  readonly rename: (repositories: readonly Repository[], change: () => void) => void
  readonly renameAccount: (account: Account, login: string) => void
  readonly repositoriesOf: (installation: Installation) => readonly Repository[]
  readonly installationOn: (app: App, account: Account) => Installation | undefined
}

/** Ids start here, so that none is mistaken for a small count. */
const FIRST_ID = 1_000_001

export function createRegistry(): Registry {
  const apps = new Map<number, App>()
  const installations = new Map<number, Installation>()
  const repositories = new Map<number, Repository>()
  const accounts = new Map<string, Account>()
  const byName = new Map<string, Repository>()
  const formerNames = new Map<string, Repository>()
  let id = FIRST_ID

  const registry: Registry = {
    apps,
    installations,
    repositories,
    nextId: () => id++,
    addAccount(account) {
      const key = account.login.toLowerCase()
      if (accounts.has(key)) throw new Error(`There is an account ${account.login} already.`)
      accounts.set(key, account)
    },
    account: (login) => accounts.get(login.toLowerCase()),
    appByIssuer(issuer) {
      const text = String(issuer)
      return [...apps.values()].find((app) => String(app.id) === text || app.clientId === text)
    },
    addRepository(repository) {
      const key = fullName(repository).toLowerCase()
      if (byName.has(key)) throw new Error(`There is a repository ${fullName(repository)} already.`)
      byName.set(key, repository)
      repositories.set(repository.id, repository)
    },
    removeRepository(repository) {
      byName.delete(fullName(repository).toLowerCase())
      repositories.delete(repository.id)
    },
    repository(owner, name) {
      const key = `${owner}/${name}`.toLowerCase()
      const found = byName.get(key)
      if (found !== undefined) return { kind: 'found', repository: found }
      const moved = formerNames.get(key)
      return moved !== undefined && repositories.has(moved.id)
        ? { kind: 'moved', repository: moved }
        : { kind: 'absent' }
    },
    rename(renamed, change) {
      for (const repository of renamed) {
        const key = fullName(repository).toLowerCase()
        byName.delete(key)
        formerNames.set(key, repository)
      }
      change()
      for (const repository of renamed) byName.set(fullName(repository).toLowerCase(), repository)
    },
    renameAccount(account, login) {
      if (registry.account(login) !== undefined) throw new Error(`There is an account ${login} already.`)
      const owned = [...repositories.values()].filter((repository) => repository.owner === account)
      registry.rename(owned, () => {
        accounts.delete(account.login.toLowerCase())
        account.login = login
        accounts.set(login.toLowerCase(), account)
      })
    },
    repositoriesOf: (installation) =>
      [...repositories.values()].filter((repository) => covers(installation, repository)),
    installationOn: (app, account) =>
      [...installations.values()].find(
        (installation) => installation.app === app && installation.account === account,
      ),
  }
  return registry
}
