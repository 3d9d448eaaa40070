import assert from 'node:assert/strict'
import { createServer, createSecureServer } from 'node:http2'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { Metadata, Server as GrpcServer, ServerCredentials, status, type sendUnaryData } from '@grpc/grpc-js'
import { generate } from 'selfsigned'
import { exchangeOverGrpc, type ExchangeRequest, type GrpcOptions } from '#pkg/client'
import { loadWireDefinition, type ExchangeRequest as WireRequest, type RawToken } from '#pkg/wire'
import { startSts, TOKEN as ISSUED } from '../transport/support/sts.ts'

const TOKEN = `eyJhbGciOiJSUzI1NiJ9.${'a'.repeat(40)}.${'s'.repeat(80)}`

function requestTo(url: string, identity = 'reader'): ExchangeRequest {
  return { url, scope: 'acme/app', identity, token: TOKEN }
}

interface Call {
  readonly request: WireRequest
  readonly metadata: Metadata
}
type Answer = (call: Call, callback: sendUnaryData<RawToken>) => void

/** A gRPC server that answers as a test says. */
async function serve(t: TestContext, answer: Answer, credentials = ServerCredentials.createInsecure()) {
  const server = new GrpcServer()
  const { service } = loadWireDefinition()
  server.addService(service, { Exchange: answer })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('localhost:0', credentials, (error, bound) => {
      if (error === null) resolve(bound)
      else reject(error)
    })
  })
  t.after(() => {
    server.forceShutdown()
  })
  return `http://localhost:${port}`
}

async function portOf(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  t.after(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return (server.address() as AddressInfo).port
}

test('sends scope under both names, the identity, the token as a bearer, and the trace', async (t) => {
  let seen: Call | undefined
  const url = await serve(t, (call, callback) => {
    seen = call
    callback(null, { token: 'ghs_1' })
  })
  const traceParent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`
  await exchangeOverGrpc({ ...requestTo(url), identity: 'ü' }, { traceParent })
  assert.deepEqual(
    [seen?.request.scope, seen?.request.scopes, seen?.request.identity],
    ['acme/app', ['acme/app'], 'ü'],
  )
  assert.deepEqual(seen?.metadata.get('authorization'), [`Bearer ${TOKEN}`])
  assert.deepEqual(seen.metadata.get('traceparent'), [traceParent])
})

test('gives the token, its expiry, and what the trailers say', async (t) => {
  const sts = await startSts(t, { randomUUID: () => 'id-1' })
  assert.deepEqual(await exchangeOverGrpc(requestTo(`http://127.0.0.1:${sts.port}`)), {
    token: ISSUED,
    expiry: '2026-01-01T00:00:00Z',
    requestId: 'id-1',
    policy: `.github/chainguard/ci.sts.yaml@${'a'.repeat(40)}`,
    permissions: ['contents=read', 'issues=write'],
    repositories: ['repo'],
  })
})

test('gives nothing where the service says nothing, as octo-sts does', async (t) => {
  for (const expiry of [undefined, null, { seconds: 0, nanos: 0 }]) {
    const answer = { token: 'ghs_1', ...(expiry !== undefined && { expiry }) }
    const url = await serve(t, (_, callback) => {
      callback(null, answer)
    })
    assert.deepEqual(await exchangeOverGrpc(requestTo(url)), {
      token: 'ghs_1',
      expiry: undefined,
      requestId: undefined,
      policy: undefined,
      permissions: undefined,
      repositories: undefined,
    })
  }
})

test('a denial has the code of the service, what it adds, and when to ask again', async (t) => {
  const sts = await startSts(t, { randomUUID: () => 'id-1' })
  const url = `http://127.0.0.1:${sts.port}`
  await assert.rejects(exchangeOverGrpc(requestTo(url, 'denied')), {
    kind: 'denied',
    code: 'POLICY_MISMATCH',
    grpcCode: 7,
    httpStatus: undefined,
    requestId: 'id-1',
    metadata: { field: 'subject', actual: 'repo:a/b', expected: 'repo:a/c', request_id: 'id-1' },
    retryAfterMs: undefined,
  })
  await assert.rejects(exchangeOverGrpc(requestTo(url, 'limited')), {
    kind: 'denied',
    code: 'RATE_LIMITED',
    grpcCode: 8,
    retryAfterMs: 1_500,
  })
})

test('a denial without details has the gRPC code alone, and never the token', async (t) => {
  for (const details of [undefined, 'not protobuf']) {
    const metadata = new Metadata()
    if (details !== undefined) metadata.set('grpc-status-details-bin', Buffer.from(details))
    const url = await serve(t, (_, callback) => {
      callback({ code: status.NOT_FOUND, details: `no ${TOKEN}\n##[x]`, metadata }, null)
    })
    await assert.rejects(exchangeOverGrpc(requestTo(url)), {
      kind: 'denied',
      message: 'no [redacted]\\u{a}## [x]',
      code: undefined,
      grpcCode: 5,
      metadata: {},
    })
  }
})

test('an answer without a token is none', async (t) => {
  for (const token of ['', 'with space', '::add-mask::x']) {
    const url = await serve(t, (_, callback) => {
      callback(null, { token })
    })
    await assert.rejects(exchangeOverGrpc(requestTo(url)), { kind: 'unexpected_answer' })
  }
})

test('an HTTP answer of no gRPC server is no denial, whatever its status', async (t) => {
  for (const httpStatus of [200, 401, 403, 404, 500, 302]) {
    const server = createServer((_, response) => {
      response.writeHead(httpStatus, { 'content-type': 'text/html' })
      response.end('<html>')
    })
    const port = await portOf(t, server)
    await assert.rejects(exchangeOverGrpc(requestTo(`http://127.0.0.1:${port}`)), {
      kind: 'unexpected_answer',
      code: undefined,
    })
  }
})

test('without a service it is unreachable, with a silent one timed out, with a signal aborted', async (t) => {
  const silent = createTcpServer()
  const port = await portOf(t, silent)
  const url = `http://127.0.0.1:${port}`
  await assert.rejects(exchangeOverGrpc(requestTo(url), { timeoutMs: 50 }), (error: { kind?: string }) =>
    ['timed_out', 'unreachable'].includes(error.kind ?? ''),
  )
  const stop = new AbortController()
  const aborted = assert.rejects(exchangeOverGrpc(requestTo(url), { signal: stop.signal }), {
    kind: 'aborted',
  })
  stop.abort()
  await aborted
  await assert.rejects(exchangeOverGrpc(requestTo(url), { signal: stop.signal }), { kind: 'aborted' })
  await assert.rejects(exchangeOverGrpc(requestTo('http://127.0.0.1:1'), { timeoutMs: 5_000 }), {
    kind: 'unreachable',
  })
})

test('the service is told of an abort, and of the deadline', async (t) => {
  const sts = await startSts(t)
  const url = `http://127.0.0.1:${sts.port}`
  await assert.rejects(
    exchangeOverGrpc(requestTo(url, 'slow'), { timeoutMs: 200 }),
    (error: { kind?: string; grpcCode?: number }) => error.kind === 'timed_out' || error.grpcCode === 4,
  )
  const stop = new AbortController()
  const ended = assert.rejects(exchangeOverGrpc(requestTo(url, 'slow'), { signal: stop.signal }), {
    kind: 'aborted',
  })
  while (sts.calls.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
  stop.abort()
  await ended
  const [, call] = sts.calls
  while (call?.signal.aborted === false) await new Promise((resolve) => setTimeout(resolve, 5))
})

test('closes its connection after each call', async (t) => {
  let open = 0
  const server = createServer()
  server.on('session', (session) => {
    open++
    session.on('close', () => open--)
  })
  server.on('stream', (stream) => {
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '5' },
      { endStream: true },
    )
  })
  const port = await portOf(t, server)
  await assert.rejects(exchangeOverGrpc(requestTo(`http://127.0.0.1:${port}`)), {
    kind: 'denied',
    grpcCode: 5,
  })
  for (let tries = 0; open > 0 && tries < 500; tries++)
    await new Promise((resolve) => setTimeout(resolve, 10))
  assert.equal(open, 0)
})

test('speaks TLS to https, and trusts only whom it is told to', async (t) => {
  const pem = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  })
  const server = createSecureServer({ key: pem.private, cert: pem.cert })
  server.on('stream', (stream) => {
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '5' },
      { endStream: true },
    )
  })
  const port = await portOf(t, server)
  const url = `https://localhost:${port}`
  const trusting: GrpcOptions = { certificateAuthorities: pem.cert }
  await assert.rejects(exchangeOverGrpc(requestTo(url), trusting), { kind: 'denied', grpcCode: 5 })
  await assert.rejects(exchangeOverGrpc(requestTo(url), { timeoutMs: 2_000 }), (error: { kind?: string }) =>
    ['unreachable', 'timed_out'].includes(error.kind ?? ''),
  )
})

test('sends nothing to a URL with a path, to http elsewhere, or of a token that no header can carry', async () => {
  for (const request of [
    requestTo('http://127.0.0.1:1/below'),
    requestTo('http://sts.example.com'),
    { ...requestTo('http://127.0.0.1:1'), token: 'a\nb' },
    { ...requestTo('http://127.0.0.1:1'), token: '' },
  ]) {
    await assert.rejects(exchangeOverGrpc(request), { kind: 'invalid_input' })
  }
})

test('what is not encrypted does not leave the machine through a proxy of the environment', async (t) => {
  let connections = 0
  const proxy = createTcpServer((socket) => {
    connections++
    socket.destroy()
  })
  const variable = 'http_proxy'
  const before = process.env[variable]
  process.env[variable] = `http://127.0.0.1:${await portOf(t, proxy)}`
  t.after(() => {
    if (before === undefined) Reflect.deleteProperty(process.env, variable)
    else process.env[variable] = before
  })
  const sts = await startSts(t)
  await exchangeOverGrpc(requestTo(`http://127.0.0.1:${sts.port}`))
  assert.equal(connections, 0)
})
