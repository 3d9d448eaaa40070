import type { Account } from '../model/account.ts'
import type { Installation } from '../model/installation.ts'
import { permits } from '../model/permission.ts'
import type { Permissions } from '../model/permission.ts'
import { createLookup } from './lookup.ts'
import type { ControlParts } from './lookup.ts'

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

/** What accounts do with the Apps they have. Each is an event that the App gets. */
export interface InstallationControl {
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
}

export function createInstallationControl({
  registry,
  tokens,
  now,
  announce,
}: ControlParts): InstallationControl {
  const lookup = createLookup(registry)
  const selection = (account: Account, names: 'all' | readonly string[] | undefined) =>
    names === undefined || names === 'all'
      ? 'all'
      : new Set(names.map((name) => lookup.repository(`${account.login}/${name}`)))

  function select(installation: Installation, names: 'all' | readonly string[]): void {
    const before = registry.repositoriesOf(installation)
    const wasAll = installation.selection === 'all'
    installation.selection = selection(installation.account, names)
    const after = registry.repositoriesOf(installation)
    const added = after.filter((repository) => !before.includes(repository))
    const removed = before.filter((repository) => !after.includes(repository))
    const toAll = !wasAll && names === 'all'
    if (added.length > 0 || toAll) {
      announce({
        kind: 'installation_repositories',
        action: 'added',
        installation,
        added,
        removed: [],
      })
    }
    if (removed.length > 0) {
      announce({
        kind: 'installation_repositories',
        action: 'removed',
        installation,
        added: [],
        removed,
      })
    }
  }

  return {
    install({ app: { id }, account: login, permissions, repositories }) {
      const app = lookup.app(id)
      const account = lookup.account(login)
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
      announce({ kind: 'installation', action: 'created', installation })
      return installation
    },
    updateInstallation({ id }, { permissions, repositories }) {
      const installation = lookup.installation(id)
      installation.updatedAt = now()
      if (permissions !== undefined) {
        installation.permissions = permissions
        announce({ kind: 'installation', action: 'new_permissions_accepted', installation })
      }
      if (repositories !== undefined) select(installation, repositories)
    },
    suspend({ id }) {
      const installation = lookup.installation(id)
      installation.suspendedAt = now()
      announce({ kind: 'installation', action: 'suspend', installation })
    },
    unsuspend({ id }) {
      const installation = lookup.installation(id)
      installation.suspendedAt = null
      announce({ kind: 'installation', action: 'unsuspend', installation })
    },
    uninstall({ id }) {
      const installation = lookup.installation(id)
      registry.installations.delete(id)
      tokens.revokeAll(installation)
      announce({ kind: 'installation', action: 'deleted', installation })
    },
  }
}
