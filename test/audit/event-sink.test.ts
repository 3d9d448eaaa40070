import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { createEventSink, type EventSink, type EventSinkOptions } from '#pkg/audit'
import { createMetadataServer } from '#pkg/google'
import { FLAVOR, startMetadataStandIn, type MetadataStandIn } from '../google/support/metadata-stand-in.ts'
import { captureLog, type CapturedLog } from './support/log-capture.ts'
import { createDispatcher, startReceiver, type Receiver } from './support/receiver.ts'
import { DENIED, GRANTED } from './support/records.ts'

interface World {
  readonly sink: EventSink
  readonly receiver: Receiver
  readonly google: MetadataStandIn
  readonly log: CapturedLog
  /** Causes of what was dropped. */
  readonly drops: readonly string[]
}

async function createWorld(
  t: TestContext,
  { tls, ...options }: Partial<EventSinkOptions> & { readonly tls?: boolean } = {},
): Promise<World> {
  const receiver = await startReceiver(t, { tls: tls ?? false })
  const google = await startMetadataStandIn(t)
  const metadata = createMetadataServer({ host: google.host })
  const log = captureLog()
  const drops: string[] = []
  const sink = createEventSink({
    target: receiver.url,
    domain: 'sts.acme.test',
    mode: 'best_effort',
    auth: undefined,
    metadata,
    dispatcher: createDispatcher(t),
    logger: log.logger,
    onDrop: (_, cause) => drops.push(cause),
    ...options,
  })
  t.after(async () => {
    await sink.close(0)
    await metadata.close()
  })
  return { sink, receiver, google, log, drops }
}

describe('an event on the wire', () => {
  test('is a CloudEvent in binary mode with octo-sts’s attributes', async (t) => {
    const { sink, receiver } = await createWorld(t)
    await sink.accept(GRANTED)
    await receiver.waitFor(1)
    const [{ headers, event } = assert.fail()] = receiver.received
    assert.equal(headers['content-type'], 'application/json')
    assert.equal(headers['ce-specversion'], '1.0')
    assert.match(event.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const { type, source, subject, time } = event
    assert.deepEqual(
      { type, source, subject, time },
      {
        type: 'dev.octo-sts.exchange',
        source: 'https://sts.acme.test',
        subject: 'acme/widgets/ci',
        time: '2026-01-01T00:00:00.000Z',
      },
    )
    const { code, scope } = event.data ?? {}
    assert.deepEqual({ code, scope }, { code: 'OK', scope: 'acme/widgets' })
  })

  test('says where it stands in a trace', async (t) => {
    const { sink, receiver } = await createWorld(t)
    await sink.accept(GRANTED)
    await receiver.waitFor(1)
    const [{ event } = assert.fail()] = receiver.received
    assert.equal(event['traceparent'], '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')
    assert.equal(event['tracestate'], 'vendor=1')
  })

  test('has no trace where there is none', async (t) => {
    const { sink, receiver } = await createWorld(t)
    await sink.accept(DENIED)
    await receiver.waitFor(1)
    assert.equal('ce-traceparent' in (receiver.received[0]?.headers ?? {}), false)
  })

  test('keeps its id when it is sent again, and each event has its own', async (t) => {
    const { sink, receiver } = await createWorld(t)
    receiver.answerWith((response, _, count) =>
      response.writeHead(count === 1 ? 503 : 202).end('a\n'.repeat(100)),
    )
    await sink.accept(GRANTED)
    await receiver.waitFor(2)
    await sink.accept(DENIED)
    await receiver.waitFor(3)
    const [first, again, other] = receiver.received.map(({ event }) => event.id)
    assert.equal(first, again)
    assert.notEqual(first, other)
  })
})

describe('how a receiver answers', () => {
  for (const status of [200, 202, 204]) {
    test(`${status} is taken`, async (t) => {
      const { sink, receiver } = await createWorld(t, { mode: 'required' })
      receiver.answerWith((response) => response.writeHead(status).end())
      await sink.accept(GRANTED)
      assert.equal(sink.depth, 0)
    })
  }

  for (const status of [400, 406, 411, 413, 414, 415, 422, 431]) {
    test(`${status} is a refusal: dropped, and not sent again or elsewhere`, async (t) => {
      const { sink, receiver, drops, log } = await createWorld(t, { mode: 'required' })
      receiver.answerWith((response) => response.writeHead(status, { location: '/elsewhere' }).end())
      await assert.rejects(sink.accept(GRANTED), { reason: 'audit_refused' })
      assert.deepEqual(drops, ['refused'])
      assert.equal(receiver.received.length, 1)
      assert.equal(log.lines[0]?.['status'], status)
    })
  }

  for (const status of [301, 307, 401, 403, 404, 408, 410, 425, 429, 500, 503]) {
    test(`${status} is asked again, and nowhere else`, async (t) => {
      const { sink, receiver, drops } = await createWorld(t, { mode: 'required' })
      receiver.answerWith((response, _, count) =>
        response.writeHead(count === 1 ? status : 204, { location: '/elsewhere' }).end(),
      )
      await sink.accept(GRANTED)
      assert.equal(receiver.received.length, 2)
      assert.deepEqual(drops, [])
    })
  }

  // RFC 9110, section 10.2.3. A date has whole seconds.
  for (const [name, retryAfter] of [
    ['in seconds', () => '1'],
    ['as a date', () => new Date(Date.now() + 2_000).toUTCString()],
  ] as const) {
    test(`is asked again when it wants to be: ${name}`, async (t) => {
      const { sink, receiver } = await createWorld(t)
      receiver.answerWith((response, _, count) => {
        response.writeHead(count === 1 ? 429 : 204, { 'retry-after': retryAfter() }).end()
      })
      await sink.accept(GRANTED)
      await receiver.waitFor(1)
      const first = Date.now()
      await receiver.waitFor(2)
      assert.ok(Date.now() - first >= 900)
    })
  }

  test('a cut connection is asked again, an endless answer is not read', async (t) => {
    const { sink, receiver } = await createWorld(t, { mode: 'required' })
    receiver.answerWith((response, _, count) => {
      if (count === 1) response.destroy()
      else response.writeHead(200).end(Buffer.alloc(8 * 1024 * 1024))
    })
    await sink.accept(GRANTED)
    await sink.accept(GRANTED)
    assert.equal(receiver.received.length, 3)
  })
})

describe('a required receiver', () => {
  test('holds a grant back until it has its event, and nothing else', async (t) => {
    const { sink, receiver } = await createWorld(t, { mode: 'required' })
    const answers: (() => void)[] = []
    receiver.answerWith((response) => answers.push(() => response.writeHead(204).end()))
    let isAccepted = false
    const accepted = sink.accept(GRANTED).then(() => (isAccepted = true))
    for (const outcome of ['REVOKED', 'MINT_UNKNOWN', 'AUDIT_UNAVAILABLE', 'POLICY_MISMATCH'] as const) {
      await sink.accept({ ...DENIED, outcome })
    }
    await receiver.waitFor(5)
    assert.equal(isAccepted, false)
    assert.equal(sink.depth, 5)
    for (const answer of answers) answer()
    await accepted
  })

  test('that is not there costs the grant, and the event is not sent later', async (t) => {
    const { sink, receiver, drops } = await createWorld(t, {
      mode: 'required',
      target: 'http://127.0.0.1:1/',
    })
    await assert.rejects(sink.accept(GRANTED), { reason: 'audit_refused' })
    assert.deepEqual(drops, ['late'])
    assert.equal(sink.depth, 0)
    assert.equal(receiver.received.length, 0)
  })
})

test('a best-effort receiver that is not there keeps nobody waiting', async (t) => {
  const { sink, log } = await createWorld(t, { target: 'http://127.0.0.1:1/' })
  await sink.accept(GRANTED)
  await sink.accept(DENIED)
  assert.equal(sink.depth, 2)
  await sink.close(50)
  assert.deepEqual(log.messages(), ['events are not delivered'])
  assert.equal(log.lines[0]?.['problem'], 'network')
})

describe('at the end', () => {
  test('what waits is delivered over connections that are there', async (t) => {
    const { sink, receiver, drops } = await createWorld(t)
    receiver.answerWith((response) => setTimeout(() => response.writeHead(204).end(), 5))
    for (let index = 0; index < 100; index++) await sink.accept(index % 2 === 0 ? GRANTED : DENIED)
    await sink.close(10_000)
    assert.equal(receiver.received.length, 100)
    assert.equal(new Set(receiver.received.map(({ event }) => event.id)).size, 100)
    assert.deepEqual(drops, [])
  })

  test('what a silent receiver does not take is counted', async (t) => {
    const { sink, receiver, drops } = await createWorld(t)
    receiver.answerWith(() => undefined)
    for (let index = 0; index < 20; index++) await sink.accept(DENIED)
    await sink.close(100)
    assert.equal(drops.length, 20)
    assert.equal(sink.depth, 0)
  })
})

describe('who sends', () => {
  const tokenOf = (receiver: Receiver): string | undefined => receiver.received[0]?.headers.authorization

  for (const auth of ['google', undefined] as const) {
    test(`is said by a Google token for exactly the target (auth: ${auth ?? 'as found'})`, async (t) => {
      const { sink, receiver } = await createWorld(t, { tls: true, mode: 'required', auth })
      await sink.accept(GRANTED)
      const [scheme, token = ''] = tokenOf(receiver)?.split(' ') ?? []
      assert.equal(scheme, 'Bearer')
      const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
      assert.equal((payload as { readonly aud: unknown }).aud, receiver.url)
    })
  }

  test('is not said where no metadata server of Google answers, and that is looked for once a minute', async (t) => {
    const { sink, receiver, google } = await createWorld(t, { tls: true, mode: 'required' })
    google.answerAlways((response) => response.writeHead(200).end('not Google'))
    await sink.accept(GRANTED)
    await sink.accept(GRANTED)
    assert.equal(tokenOf(receiver), undefined)
    assert.deepEqual(google.requests, ['/'])
  })

  test('is not said when the operator does not want it', async (t) => {
    const { sink, receiver, google } = await createWorld(t, { tls: true, mode: 'required', auth: 'none' })
    await sink.accept(GRANTED)
    assert.equal(tokenOf(receiver), undefined)
    assert.deepEqual(google.requests, [])
  })

  for (const auth of ['google', undefined] as const) {
    test(`is never said in the clear (auth: ${auth ?? 'as found'})`, async (t) => {
      const { sink, receiver, google } = await createWorld(t, { mode: 'required', auth })
      await sink.accept(GRANTED)
      assert.equal(tokenOf(receiver), undefined)
      assert.deepEqual(google.requests, [])
    })
  }

  test('is said or nothing is sent: an event waits for its token', async (t) => {
    const { sink, receiver, google, log } = await createWorld(t, { tls: true, auth: 'google' })
    google.answerOnce((response) => response.writeHead(404, FLAVOR).end())
    await sink.accept(GRANTED)
    await receiver.waitFor(1)
    assert.match(tokenOf(receiver) ?? '', /^Bearer ey/)
    assert.equal(log.lines[0]?.['problem'], 'identity_token')
  })

  test('is in no log line', async (t) => {
    const { sink, receiver, log } = await createWorld(t, { tls: true, auth: 'google', mode: 'required' })
    receiver.answerWith((response) => response.writeHead(403).end())
    await assert.rejects(sink.accept(GRANTED))
    const token = tokenOf(receiver)?.slice('Bearer '.length) ?? assert.fail()
    assert.equal(JSON.stringify(log.lines).includes(token.slice(0, 20)), false)
  })
})
