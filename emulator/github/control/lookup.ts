import type { TokenStore } from '../access-token.ts'
import type { Account, Actor } from '../model/account.ts'
import type { App } from '../model/app.ts'
import type { GitHubEvent } from '../model/event.ts'
import type { Installation } from '../model/installation.ts'
import type { Registry } from '../model/registry.ts'
import type { Repository } from '../model/repository.ts'
import type { Deliveries } from '../webhook/deliveries.ts'

/** What the controls work on. */
export interface ControlParts {
  readonly registry: Registry
  readonly tokens: TokenStore
  readonly deliveries: Deliveries
  readonly now: () => number
  readonly announce: (event: GitHubEvent, actor?: Actor) => void
}

/** Finds what a control names; throws where there is none. */
export interface Lookup {
  readonly account: (login: string) => Account
  readonly app: (id: number) => App
  readonly installation: (id: number) => Installation
  /** By `owner/name`. */
  readonly repository: (fullName: string) => Repository
}

export function createLookup(registry: Registry): Lookup {
  return {
    account: (login) => known(registry.account(login), `account ${login}`),
    app: (id) => known(registry.apps.get(id), `App ${id}`),
    installation: (id) => known(registry.installations.get(id), `installation ${id}`),
    repository: (fullName) => known(findRepository(registry, fullName), `repository ${fullName}`),
  }
}

/** The repository that is called `owner/name` today. */
export function findRepository(registry: Registry, fullName: string): Repository | undefined {
  const [owner = '', name = ''] = fullName.split('/')
  const lookup = registry.repository(owner, name)
  return lookup.kind === 'found' ? lookup.repository : undefined
}

/** What was found, or an error that says what is missing. */
export function known<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new Error(`There is no ${what}.`)
  return found
}
