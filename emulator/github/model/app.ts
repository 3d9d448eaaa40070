import type { KeyObject } from 'node:crypto'
import type { Account, Actor } from './account.ts'
import type { Permissions } from './permission.ts'

/** Where an App's events go. */
export interface Webhook {
  readonly id: number
  /** `http://` on a loopback address. */
  readonly url: string
  /** Key of the signatures; without one, deliveries are not signed. */
  readonly secret?: string
  /** Default `json`; `form` sends `payload=<JSON>`, URL-encoded. */
  readonly contentType?: 'json' | 'form'
}

/** A GitHub App. */
export interface App {
  readonly id: number
  readonly clientId: string
  readonly slug: string
  readonly name: string
  readonly owner: Account
  /** What it asks of those who install it. */
  readonly permissions: Permissions
  /** Webhook events it subscribes to. */
  readonly events: readonly string[]
  /** Public halves of its private keys; GitHub lets an App have several. */
  readonly publicKeys: KeyObject[]
  /** Undefined: nothing is sent. */
  webhook: Webhook | undefined
  readonly createdAt: number
}

/** The account that an App acts as. */
export function botOf({ id, slug }: App): Actor {
  return { login: `${slug}[bot]`, id, type: 'Bot' }
}
