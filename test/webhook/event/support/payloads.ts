import assert from 'node:assert/strict'
import {
  readEvent,
  type DeliveredEvent,
  type EventContext,
} from '../../../../pkg/webhook/event/read-event.ts'
import { readExamples } from '../../delivery/support/examples.ts'

export type Payload = Readonly<Record<string, unknown>>

export const APP_ID = '12345'
export const CLIENT_ID = 'Iv23li0123456789abcd'

export const HEAD = 'a'.repeat(40)
export const BASE = 'b'.repeat(40)
export const ZEROS = '0'.repeat(40)

/** What payloads say of the repository, and what is read from that. */
export const REPOSITORY = {
  id: 7,
  name: 'app',
  full_name: 'acme/app',
  owner: { login: 'acme', id: 42 },
  default_branch: 'main',
  pushed_at: 1_700_000_000,
}
export const INSTALLATION = { id: 99 }
export const TARGET = { owner: 'acme', repository: 'app', installationId: 99, accountId: 42 }
export const PUSHED_AT_MS = 1_700_000_000_000

/** A payload with the members that all have. */
export function payloadOf(members: Payload): Payload {
  return { repository: REPOSITORY, installation: INSTALLATION, sender: { login: 'mona', id: 1 }, ...members }
}

/** What is read from a delivery to the App, which checks what changes unless said otherwise. */
export function read(
  event: string,
  payload: Payload,
  context: Partial<EventContext> = {},
  targetId = APP_ID,
): DeliveredEvent {
  const delivery = { id: 'delivery-1', event, payload, targetId }
  return readEvent(delivery, { appId: APP_ID, asWhole: false, ...context })
}

/** Payloads of an event that GitHub has sent, those with an action alone if one is given. */
export function examplesOf(event: string, action?: string): readonly Payload[] {
  const found = readExamples()
    .filter(({ name }) => name === event)
    .flatMap(({ examples }) => examples.map((example): Payload => ({ ...example })))
    .filter((payload) => action === undefined || payload['action'] === action)
  assert.ok(found.length > 0, `an example of ${event}`)
  return found
}
