import type { KeyObject } from 'node:crypto'
import type { Account } from './account.ts'
import type { Permissions } from './permission.ts'

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
  readonly createdAt: number
}
