import { createPublicKey } from 'node:crypto'
import type { App, Webhook } from '../model/app.ts'
import type { Permissions } from '../model/permission.ts'
import { createLookup, known } from './lookup.ts'
import type { ControlParts } from './lookup.ts'
import type { Delivery } from '../webhook/delivery.ts'

/** Where a receiver may listen: nothing leaves the machine. */
const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', '[::1]', 'localhost']

/** A new webhook of an App. */
export type NewWebhook = Omit<Webhook, 'id'>

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
  /** Where these go; default nowhere. */
  readonly webhook?: NewWebhook
  /** Default: a fresh one. */
  readonly id?: number
}

/** A payload of a test's own. */
export interface CraftedDelivery {
  /** `X-GitHub-Event`. */
  readonly event: string
  /** Sent as JSON; bytes as they are. */
  readonly payload: unknown
  /** Header lines in place of the usual ones, or null to leave one out; names as GitHub writes them. */
  readonly headers?: Readonly<Record<string, string | null>>
  /** Signs in place of the webhook's own. */
  readonly secret?: string
}

/** Apps, and what their webhooks are sent. */
export interface AppControl {
  readonly addApp: (app: NewApp) => Readonly<App>
  readonly addAppKey: (app: { readonly id: number }, publicKey: string) => void
  /** Removes all of the App's keys but those added after. */
  readonly removeAppKeys: (app: { readonly id: number }) => void
  /** Sends the App's events there from now on; undefined: nowhere. */
  readonly setWebhook: (app: { readonly id: number }, webhook: NewWebhook | undefined) => void
  /** Sends anything to the App's webhook; undefined if it has none. */
  readonly deliver: (app: { readonly id: number }, delivery: CraftedDelivery) => Promise<Delivery | undefined>
  /** Sends what the delivery with this id sent once more. */
  readonly redeliver: (id: number) => Promise<Delivery | undefined>
  /** Finished attempts to deliver, oldest first; live. */
  readonly deliveries: readonly Delivery[]
  /** Waits until no delivery is under way. */
  readonly deliveriesSettled: () => Promise<void>
}

export function createAppControl({ registry, deliveries, now }: ControlParts): AppControl {
  const { account, app: appWith } = createLookup(registry)
  const hook = (webhook: NewWebhook | undefined, id = registry.nextId()): Webhook | undefined => {
    if (webhook === undefined) return undefined
    const { protocol, hostname } = new URL(webhook.url)
    if (protocol !== 'http:' || !LOOPBACK_HOSTS.includes(hostname)) {
      throw new Error('A webhook must be at http:// on a loopback address.')
    }
    return { ...webhook, id }
  }
  return {
    addApp({ id = registry.nextId(), slug, owner, permissions, events = ['push'], publicKeys, webhook }) {
      const app: App = {
        id,
        clientId: `Iv23li${id.toString(36).padStart(14, '0')}`,
        slug,
        name: slug,
        owner: account(owner),
        permissions,
        events,
        publicKeys: publicKeys.map((pem) => createPublicKey(pem)),
        webhook: hook(webhook),
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
    setWebhook({ id }, webhook) {
      const app = appWith(id)
      app.webhook = hook(webhook, app.webhook?.id)
    },
    deliver({ id }, { event, payload, headers, secret }) {
      return deliveries.send({
        appId: appWith(id).id,
        event,
        action: null,
        installationId: null,
        repositoryId: null,
        payload: Buffer.isBuffer(payload) ? payload : JSON.stringify(payload),
        ...(headers === undefined ? {} : { headers }),
        ...(secret === undefined ? {} : { secret }),
      })
    },
    redeliver: (id) =>
      deliveries.redeliver(
        known(
          deliveries.log.find((delivery) => delivery.id === id),
          `delivery ${id}`,
        ),
      ),
    deliveries: deliveries.log,
    deliveriesSettled: deliveries.settled,
  }
}
