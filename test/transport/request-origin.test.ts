import assert from 'node:assert/strict'
import { test } from 'node:test'

import { NO_TRACE, type RequestEnd, type Tracer } from '#pkg/telemetry'
import { bearer, grpcClient } from './support/grpc-client.ts'
import { jsonClients } from './support/http.ts'
import { rawRequest } from './support/raw.ts'
import { startSts } from './support/sts.ts'

const FORWARDED: readonly (readonly [hops: number, header: string | undefined, address: string])[] = [
  [0, undefined, '127.0.0.1'],
  [0, '203.0.113.9', '127.0.0.1'],
  [1, '203.0.113.9', '203.0.113.9'],
  [1, 'forged, 203.0.113.9', '203.0.113.9'],
  [2, 'forged, 203.0.113.9, 198.51.100.1', '203.0.113.9'],
  [2, '198.51.100.1', '127.0.0.1'],
  [1, undefined, '127.0.0.1'],
  [1, '', '127.0.0.1'],
  [1, 'unknown', '127.0.0.1'],
  [1, '203.0.113.9, evil\u00e9', '127.0.0.1'],
  [1, '203.0.113.9:4711', '203.0.113.9'],
  [1, '[2001:db8::1]:4711', '2001:db8::1'],
  [1, '2001:db8::1', '2001:db8::1'],
  [1, '::ffff:203.0.113.9', '203.0.113.9'],
]

test('takes the client address from as many hops as are trusted', async (t) => {
  for (const [trustedHops, header, address] of FORWARDED) {
    const sts = await startSts(t, { trustedHops })
    for (const [protocol, send] of jsonClients(t, sts.port)) {
      await send({
        path: '/sts/exchange',
        headers: header === undefined ? {} : { 'x-forwarded-for': header },
      })
      const label = `${protocol} ${trustedHops} ${String(header)}`
      assert.equal(sts.calls.at(-1)?.clientAddress, address, label)
    }
  }
})

test('takes the client address of a gRPC call likewise', async (t) => {
  const sts = await startSts(t, { trustedHops: 1 })
  const metadata = bearer()
  metadata.set('x-forwarded-for', 'forged, 203.0.113.9')
  await grpcClient(t, sts.port).exchange({ identity: 'ci' }, { metadata })
  assert.equal(sts.calls[0]?.clientAddress, '203.0.113.9')
})

test("logs a caller's own request id and user agent, printable and cut", async (t) => {
  const sts = await startSts(t)
  for (const [protocol, send] of jsonClients(t, sts.port)) {
    await send({
      path: '/sts/exchange',
      headers: {
        'x-request-id': `caller\u00e9${'x'.repeat(1_000)}`,
        'user-agent': 'curl/8',
        cgrequestid: 'sdk',
      },
    })
    const call = sts.calls.at(-1)
    assert.equal(call?.callerRequestId, `caller?${'x'.repeat(249)}`, protocol)
    assert.equal(call.userAgent, 'curl/8', protocol)
    assert.notEqual(call.requestId, call.callerRequestId, protocol)

    await send({ path: '/sts/exchange', headers: { cgrequestid: 'sdk' } })
    assert.equal(sts.calls.at(-1)?.callerRequestId, 'sdk', protocol)
    await send({ path: '/sts/exchange' })
    assert.equal(sts.calls.at(-1)?.callerRequestId, undefined, protocol)
  }
})

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

test("starts the trace of an exchange where its caller's is, and ends it with the answer", async (t) => {
  const started: unknown[] = []
  const ended: RequestEnd[] = []
  const tracer: Tracer = {
    startRequest(headers) {
      started.push(headers)
      return { ...NO_TRACE, end: (end) => ended.push(end) }
    },
  }
  const sts = await startSts(t, { tracer })
  const headers = { traceparent: TRACEPARENT, tracestate: 'a=1' }
  for (const [protocol, send] of jsonClients(t, sts.port)) {
    await send({ path: '/sts/exchange?identity=denied', headers })
    assert.deepEqual(started.pop(), { traceparent: TRACEPARENT, tracestate: 'a=1' }, protocol)
    const { requestId, ...rest } = ended.pop() ?? {}
    assert.equal(requestId, sts.calls.at(-1)?.requestId, protocol)
    assert.deepEqual(
      rest,
      { transport: 'http', route: '/sts/exchange', status: 403, code: 'POLICY_MISMATCH', reason: undefined },
      protocol,
    )
    await send({ path: '/healthz', headers })
    assert.deepEqual(started, [], `${protocol}: health checks are not traced`)
  }
  const twice = `traceparent: ${TRACEPARENT}\r\n`.repeat(2)
  await rawRequest(t, sts.port, `GET /sts/exchange HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${twice}\r\n`)
  assert.deepEqual(started.pop(), { traceparent: '', tracestate: undefined }, 'of two none is believed')
  const metadata = bearer()
  metadata.set('traceparent', TRACEPARENT)
  await grpcClient(t, sts.port).exchange({ identity: 'ci' }, { metadata })
  assert.deepEqual(started.pop(), { traceparent: TRACEPARENT, tracestate: undefined })
  const { requestId, ...rest } = ended.pop() ?? {}
  assert.equal(requestId, sts.calls.at(-1)?.requestId)
  assert.deepEqual(rest, { transport: 'grpc', route: 'Exchange', status: 0, code: 'OK' })
})
