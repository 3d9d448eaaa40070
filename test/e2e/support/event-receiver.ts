import type { TestContext } from 'node:test'
import { HTTP, type CloudEventV1 } from 'cloudevents'
import { startHttpReceiver } from './http-receiver.ts'

/** A receiver of CloudEvents as its operator would write one, with the SDK. */
export interface EventReceiver {
  readonly url: string
  readonly events: CloudEventV1<unknown>[]
  /** Headers and bodies as they came. */
  readonly raw: () => string
}

export async function startEventReceiver(t: TestContext): Promise<EventReceiver> {
  const events: CloudEventV1<unknown>[] = []
  let raw = ''
  const url = await startHttpReceiver(t, (request, body) => {
    raw += `${request.rawHeaders.join('\n')}\n${body}\n`
    const event = HTTP.toEvent({ headers: request.headers, body })
    events.push(...(Array.isArray(event) ? event : [event]))
    return { status: 202 }
  })
  return { url: `${url}/events`, events, raw: () => raw }
}
