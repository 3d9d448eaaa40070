import { createPublicKey } from 'node:crypto'
import type { TokenStore } from './access-token.ts'
import type { Account } from './model/account.ts'
import type { App } from './model/app.ts'
import { gitEntry } from './model/git.ts'
import type { GitEntry } from './model/git.ts'
import type { Installation } from './model/installation.ts'
import { permits } from './model/permission.ts'
import type { Permissions } from './model/permission.ts'
import type { Registry } from './model/registry.ts'
import { commitTo } from './model/repository.ts'
import type { FileChange, Push, Repository } from './model/repository.ts'

/** A new App. */
export interface NewApp {
  readonly slug: string
  /** PEM of each public key, SPKI or PKCS#1. */
  readonly publicKeys: readonly string[]
  readonly permissions: Permissions
  /** Login of its owner, who must exist. */
  readonly owner: string
  /** Webhook events; default `push`. */
  readonly events?: readonly string[]
  /** Default: a fresh one. */
  readonly id?: number
}

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

/** A new installation. */
export interface NewInstallation {
  readonly app: { readonly id: number }
  /** Login of the account. */
  readonly account: string
  /** Default: all that the App asks for. */
  readonly permissions?: Permissions
  /** Bare names of the repositories selected; default all. */
  readonly repositories?: readonly string[]
}

/** Changes made to a branch in one push. */
export interface NewPush {
  /** `owner/name`. */
  readonly repository: string
  /** Default: the default branch. */
  readonly branch?: string
  readonly message?: string
  /** By path: text or bytes of a file, an entry made by `symlink()` or `submodule()`, or null to delete. */
  readonly files: Readonly<Record<string, FileChange>>
}

/** What a test or the demo does to the world behind GitHub's back. Names that do not exist throw. */
export interface GitHubControl {
  /** Ids are given only where something outside has to know them. */
  readonly addOrganization: (login: string, id?: number) => Readonly<Account>
  readonly addUser: (login: string, id?: number) => Readonly<Account>
  /** Repositories move along and redirect from their old names; the old login is free again. */
  readonly renameAccount: (login: string, newLogin: string) => void
  readonly addApp: (app: NewApp) => Readonly<App>
  readonly addAppKey: (app: { readonly id: number }, publicKey: string) => void
  /** Removes all of the App's keys but those added after. */
  readonly removeAppKeys: (app: { readonly id: number }) => void
  readonly addRepository: (repository: NewRepository) => Readonly<Repository>
  readonly renameRepository: (fullName: string, newName: string) => void
  readonly transferRepository: (fullName: string, newOwner: string) => void
  readonly deleteRepository: (fullName: string) => void
  readonly install: (installation: NewInstallation) => Readonly<Installation>
  /** Changes what new tokens may be granted, or what is selected, for living tokens too. */
  readonly updateInstallation: (
    installation: { readonly id: number },
    change: { readonly permissions?: Permissions; readonly repositories?: 'all' | readonly string[] },
  ) => void
  readonly suspend: (installation: { readonly id: number }) => void
  readonly unsuspend: (installation: { readonly id: number }) => void
  /** Tokens of the installation die with it. */
  readonly uninstall: (installation: { readonly id: number }) => void
  readonly push: (push: NewPush) => Push
  readonly writeFile: (repository: string, path: string, content: FileChange) => Push
  readonly deleteFile: (repository: string, path: string) => Push
  readonly findAccount: (login: string) => Readonly<Account> | undefined
  readonly findRepository: (fullName: string) => Readonly<Repository> | undefined
}

/** An entry for `push`: a symlink to `target`. */
export function symlink(target: string): GitEntry {
  return gitEntry('symlink', target)
}

/** An entry for `push`: a submodule at `url`. */
export function submodule(url: string): GitEntry {
  return gitEntry('submodule', url)
}

export function createControl(
  registry: Registry,
  tokens: TokenStore,
  now: () => number,
  announce: (push: Push) => void,
): GitHubControl {
  function addAccount(login: string, type: Account['type'], id = registry.nextId()): Account {
    const account = { id, login, type, createdAt: now() }
    registry.addAccount(account)
    return account
  }
  const accountNamed = (login: string): Account => known(registry.account(login), `account ${login}`)
  const appWith = (id: number): App => known(registry.apps.get(id), `App ${id}`)
  const installationWith = (id: number): Installation =>
    known(registry.installations.get(id), `installation ${id}`)
  function repositoryNamed(fullName: string): Repository {
    const [owner = '', name = ''] = fullName.split('/')
    const lookup = registry.repository(owner, name)
    return known(lookup.kind === 'found' ? lookup.repository : undefined, `repository ${fullName}`)
  }
  const selection = (account: Account, names: 'all' | readonly string[] | undefined) =>
    names === undefined || names === 'all'
      ? 'all'
      : new Set(names.map((name) => repositoryNamed(`${account.login}/${name}`)))

  const control: GitHubControl = {
    addOrganization: (login, id) => addAccount(login, 'Organization', id),
    addUser: (login, id) => addAccount(login, 'User', id),
    renameAccount(login, newLogin) {
      registry.renameAccount(accountNamed(login), newLogin)
    },
    addApp({ id = registry.nextId(), slug, owner, permissions, events = ['push'], publicKeys }) {
      const app = {
        id,
        clientId: `Iv23li${id.toString(36).padStart(14, '0')}`,
        slug,
        name: slug,
        owner: accountNamed(owner),
        permissions,
        events,
        publicKeys: publicKeys.map((pem) => createPublicKey(pem)),
        createdAt: now(),
      }
      registry.apps.set(id, app)
      return app
    },
    addAppKey({ id }, publicKey) {
      appWith(id).publicKeys.push(createPublicKey(publicKey))
    },
    removeAppKeys({ id }) {
      appWith(id).publicKeys.length = 0
    },
    addRepository({ owner, name, private: isPrivate = true, defaultBranch = 'main', files, id }) {
      const repository: Repository = {
        id: id ?? registry.nextId(),
        owner: accountNamed(owner),
        name,
        private: isPrivate,
        defaultBranch,
        branches: new Map(),
        commits: new Map(),
        issues: [],
        createdAt: now(),
        pushedAt: now(),
      }
      registry.addRepository(repository)
      if (files !== null) {
        const first = entriesOf(files ?? { 'README.md': `# ${name}\n` })
        commitTo(repository, defaultBranch, first, 'Initial commit', now())
      }
      return repository
    },
    renameRepository(fullName, newName) {
      const repository = repositoryNamed(fullName)
      registry.rename([repository], () => {
        repository.name = newName
      })
    },
    transferRepository(fullName, newOwner) {
      const repository = repositoryNamed(fullName)
      const owner = accountNamed(newOwner)
      registry.rename([repository], () => {
        repository.owner = owner
      })
      for (const { selection: selected } of registry.installations.values()) {
        if (selected !== 'all') selected.delete(repository)
      }
    },
    deleteRepository(fullName) {
      registry.removeRepository(repositoryNamed(fullName))
    },
    install({ app: { id }, account: login, permissions, repositories }) {
      const app = appWith(id)
      const account = accountNamed(login)
      const granted = permissions ?? app.permissions
      for (const [name, level] of Object.entries(granted)) {
        if (!permits(app.permissions, name, level))
          throw new Error(`${app.slug} does not ask for ${name}: ${level}.`)
      }
      const installation: Installation = {
        id: registry.nextId(),
        app,
        account,
        permissions: granted,
        selection: selection(account, repositories),
        suspendedAt: null,
        createdAt: now(),
        updatedAt: now(),
      }
      registry.installations.set(installation.id, installation)
      return installation
    },
    updateInstallation({ id }, change) {
      const installation = installationWith(id)
      if (change.permissions !== undefined) installation.permissions = change.permissions
      if (change.repositories !== undefined) {
        installation.selection = selection(installation.account, change.repositories)
      }
      installation.updatedAt = now()
    },
    suspend({ id }) {
      installationWith(id).suspendedAt = now()
    },
    unsuspend({ id }) {
      installationWith(id).suspendedAt = null
    },
    uninstall({ id }) {
      const installation = installationWith(id)
      registry.installations.delete(id)
      tokens.revokeAll(installation)
    },
    push({ repository: fullName, branch, message = 'Update files', files }) {
      const repository = repositoryNamed(fullName)
      const push = commitTo(repository, branch ?? repository.defaultBranch, entriesOf(files), message, now())
      announce(push)
      return push
    },
    writeFile: (repository, path, content) =>
      control.push({ repository, files: { [path]: content }, message: `Update ${path}` }),
    deleteFile: (repository, path) =>
      control.push({ repository, files: { [path]: null }, message: `Delete ${path}` }),
    findAccount: registry.account,
    findRepository(fullName) {
      const [owner = '', name = ''] = fullName.split('/')
      const lookup = registry.repository(owner, name)
      return lookup.kind === 'found' ? lookup.repository : undefined
    },
  }
  return control
}

function known<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new Error(`There is no ${what}.`)
  return found
}

function entriesOf(files: Readonly<Record<string, FileChange>>): Map<string, GitEntry | null> {
  const entries = Object.entries(files).map(([path, change]): [string, GitEntry | null] => [
    path,
    typeof change === 'string' || Buffer.isBuffer(change) ? gitEntry('file', change) : change,
  ])
  return new Map(entries)
}
