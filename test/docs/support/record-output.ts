import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { Agent } from 'undici'
import { createEventSink, createLogSink, type ExchangeRecord } from '#pkg/audit'
import { createMetadataServer } from '#pkg/google'
import { createLogger } from '#pkg/telemetry'

/** The line of a record in the log, of a service in a Google project. */
export async function logLineOf(record: ExchangeRecord): Promise<unknown> {
  const lines: string[] = []
  const logger = createLogger({
    level: 'info',
    destination: { write: (line) => lines.push(line) },
    now: () => Date.parse(record.time) + 1,
  })
  await createLogSink(logger, { googleProject: () => 'acme-sts' }).accept(record)
  return JSON.parse(lines.join('')) as unknown
}

/** A request with an event, as its receiver sees it. */
export interface ReceivedEvent {
  readonly headers: IncomingHttpHeaders
  readonly data: unknown
}

/** The event of a record, as a real receiver gets it. */
export async function eventOf(t: TestContext, record: ExchangeRecord): Promise<ReceivedEvent> {
  let received: ReceivedEvent | undefined
  const receiver = createServer((request, response) => {
    void json(request).then((data) => {
      received = { headers: request.headers, data }
      response.writeHead(202).end()
    })
  })
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  const { port } = receiver.address() as AddressInfo
  const dispatcher = new Agent()
  const metadata = createMetadataServer({ host: `127.0.0.1:${port}` })
  t.after(async () => {
    await Promise.all([dispatcher.destroy(), metadata.close()])
    receiver.close()
  })
  const sink = createEventSink({
    target: `http://127.0.0.1:${port}`,
    domain: 'sts.example.com',
    mode: 'required',
    auth: 'none',
    metadata,
    dispatcher,
    logger: createLogger({ level: 'silent' }),
    onDrop: () => undefined,
  })
  await sink.accept(record)
  await sink.close(5_000)
  if (received === undefined) throw new Error('no event was received')
  return received
}
