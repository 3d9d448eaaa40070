import assert from 'node:assert/strict'
import { test } from 'node:test'

import { status, type Metadata } from '@grpc/grpc-js'

import { denialOf } from '#pkg/errors'
import { loadWireDefinition } from '#pkg/wire'

import { bearer, grpcClient, statusDetails } from './support/grpc-client.ts'
import { http1Client } from './support/http.ts'
import { startSts, TOKEN, until } from './support/sts.ts'

test('exchanges over gRPC and puts the rest of the grant into trailing metadata', async (t) => {
  const sts = await startSts(t, { randomUUID: () => 'id-1' })
  const { error, token, trailers } = await grpcClient(t, sts.port).exchange({
    scopes: ['o/r'],
    identity: 'ci',
  })
  assert.equal(error, null)
  assert.deepEqual(token, {
    token: TOKEN,
    refresh_token: '',
    expiry: { seconds: '1767225600', nanos: 0 },
  })
  const metadata = trailers?.getMap()
  assert.equal(metadata?.['sts-request-id'], 'id-1')
  assert.equal(metadata['sts-permissions'], 'contents=read,issues=write')
  assert.equal(metadata['sts-repositories'], 'repo')
  assert.equal(metadata['sts-policy'], `.github/chainguard/ci.sts.yaml@${'a'.repeat(40)}`)
})

test('hands the request over as it was sent', async (t) => {
  const sts = await startSts(t, { randomUUID: () => 'id-1' })
  const metadata = bearer('a.b.c')
  metadata.set('cgrequestid', 'from-the-sdk')
  await grpcClient(t, sts.port).exchange({ scope: 'o', scopes: ['o/r', 'o/s'], identity: 'ci' }, { metadata })
  const [call] = sts.calls
  assert.equal(call?.requestId, 'id-1')
  assert.equal(call.callerRequestId, 'from-the-sdk')
  assert.equal(call.transport, 'grpc')
  assert.match(call.userAgent ?? '', /^grpc-node-js\//)
  assert.equal(call.clientAddress, '127.0.0.1')
  assert.deepEqual(call.authorization, ['Bearer a.b.c'])
  assert.deepEqual([call.scope, call.scopes, call.identity], ['o', ['o/r', 'o/s'], 'ci'])
  assert.equal(call.signal.aborted, false)
  assert.deepEqual(
    sts.answers.map(({ transport, route, status: sent, code }) => [transport, route, sent, code]),
    [['grpc', 'Exchange', 0, 'OK']],
  )
})

test('leaves expiry unset when the exchange does not say it', async (t) => {
  const sts = await startSts(t)
  const { token } = await grpcClient(t, sts.port).exchange({ scope: 'o/r', identity: 'no-expiry' })
  assert.equal(token?.expiry, null)
})

test('a denial is a status with ErrorInfo in its details', async (t) => {
  const sts = await startSts(t, { randomUUID: () => 'id-1' })
  const { error, trailers } = await grpcClient(t, sts.port).exchange({ scope: 'o/r', identity: 'denied' })
  assert.equal(error?.code, status.PERMISSION_DENIED)
  assert.match(error.details, /subject/)
  assert.deepEqual(trailers?.get('sts-request-id'), ['id-1'])
  const { message, code, info, retry } = statusDetails(error.metadata)
  assert.equal(code, status.PERMISSION_DENIED)
  assert.equal(message, error.details)
  assert.deepEqual(info, {
    reason: 'POLICY_MISMATCH',
    domain: 'sts.example.com',
    metadata: { request_id: 'id-1', field: 'subject', actual: 'repo:a/b', expected: 'repo:a/c' },
  })
  assert.equal(retry, undefined)
})

test('what the exchange refuses before there is a record, the observer learns the reason of', async (t) => {
  const sts = await startSts(t, {
    exchange: () =>
      Promise.resolve({ ok: false, denial: denialOf('INVALID_REQUEST'), reason: 'scope_missing' }),
  })
  await grpcClient(t, sts.port).exchange({ identity: 'ci' })
  await http1Client(sts.port)({ path: '/sts/exchange?identity=ci' })
  assert.deepEqual(
    sts.answers.map(({ transport, reason }) => [transport, reason]),
    [
      ['grpc', 'scope_missing'],
      ['http', 'scope_missing'],
    ],
  )
})

test('a retry time is RetryInfo', async (t) => {
  const sts = await startSts(t)
  const { error } = await grpcClient(t, sts.port).exchange({ scope: 'o/r', identity: 'limited' })
  assert.equal(error?.code, status.RESOURCE_EXHAUSTED)
  assert.deepEqual(statusDetails(error.metadata).retry, { retry_delay: { seconds: '1', nanos: 500_000_000 } })
})

test('a defect of the exchange is INTERNAL and tells nothing', async (t) => {
  const sts = await startSts(t)
  const { error } = await grpcClient(t, sts.port).exchange({ scope: 'o/r', identity: 'throws' })
  assert.equal(error?.code, status.INTERNAL)
  assert.doesNotMatch(JSON.stringify(error), new RegExp(TOKEN))
  assert.equal(sts.defects.length, 1)
})

test('refresh tokens are UNIMPLEMENTED, with the details of a denial', async (t) => {
  const sts = await startSts(t)
  const { client } = grpcClient(t, sts.port)
  const error = await new Promise<{ code?: number; metadata: Metadata } | null>((resolve) => {
    client.ExchangeRefreshToken({ scope: 'o/r' }, bearer(), resolve)
  })
  assert.equal(error?.code, status.UNIMPLEMENTED)
  assert.equal(statusDetails(error.metadata).info.reason, 'UNIMPLEMENTED')
  assert.equal(sts.calls.length, 0)
})

test('an unknown method is UNIMPLEMENTED', async (t) => {
  const sts = await startSts(t)
  const { client } = grpcClient(t, sts.port)
  for (const path of ['/chainguard.platform.oidc.SecurityTokenService/Nope', '/x.Y/Z', '/%ff']) {
    const code = await new Promise((resolve) => {
      client.makeUnaryRequest(
        path,
        () => Buffer.alloc(0),
        () => undefined,
        undefined,
        (error) => {
          resolve(error?.code)
        },
      )
    })
    assert.equal(code, status.UNIMPLEMENTED, path)
  }
})

test('bytes that are no message are INVALID_REQUEST', async (t) => {
  const sts = await startSts(t)
  const { client } = grpcClient(t, sts.port)
  const { path } = loadWireDefinition().service.Exchange
  for (const bytes of [Buffer.from([0xff, 0xff, 0xff]), Buffer.alloc(50_000, 0xff), Buffer.from([0x22])]) {
    const error = await new Promise<{ code?: number; metadata: Metadata } | null>((resolve) => {
      client.makeUnaryRequest(
        path,
        () => bytes,
        () => undefined,
        undefined,
        bearer(),
        resolve,
      )
    })
    assert.equal(error?.code, status.INVALID_ARGUMENT)
    assert.equal(statusDetails(error.metadata).info.reason, 'INVALID_REQUEST')
  }
  assert.equal(sts.calls.length, 0)
  assert.equal(sts.answers[0]?.reason, 'body_malformed')
})

test('a message over 64 KiB is RESOURCE_EXHAUSTED', async (t) => {
  const sts = await startSts(t)
  const { error } = await grpcClient(t, sts.port).exchange({ scope: 'x'.repeat(65_537), identity: 'ci' })
  assert.equal(error?.code, status.RESOURCE_EXHAUSTED)
  assert.equal(sts.calls.length, 0)
})

test('a bearer over 16 KiB is TOKEN_MALFORMED, one at the limit is not', async (t) => {
  const sts = await startSts(t)
  const client = grpcClient(t, sts.port)
  const over = await client.exchange({ identity: 'ci' }, { metadata: bearer('x'.repeat(16_385)) })
  assert.equal(over.error?.code, status.INVALID_ARGUMENT)
  assert.equal(statusDetails(over.error.metadata).info.reason, 'TOKEN_MALFORMED')
  assert.equal(sts.calls.length, 0)
  const at = await client.exchange({ identity: 'ci' }, { metadata: bearer('x'.repeat(16_384)) })
  assert.equal(at.error, null)
})

test("the caller's deadline aborts the exchange with deadline_passed", async (t) => {
  const sts = await startSts(t)
  const { error } = await grpcClient(t, sts.port).exchange({ identity: 'slow' }, { deadlineMs: 100 })
  assert.equal(error?.code, status.DEADLINE_EXCEEDED)
  await until(() => sts.calls[0]?.signal.aborted === true, 'the signal aborts')
  // The client cancels at the same moment, so either may come first; both say DEADLINE_EXCEEDED.
  assert.ok(['deadline_passed', 'caller_gone'].includes(reasonOf(sts.calls[0]?.signal)))
})

test('a caller that cancels aborts the exchange with caller_gone', async (t) => {
  const sts = await startSts(t)
  const { client } = grpcClient(t, sts.port)
  const call = client.Exchange({ identity: 'slow' }, bearer(), () => undefined)
  await until(() => sts.calls.length === 1, 'the call arrives')
  call.cancel()
  await until(() => sts.calls[0]?.signal.aborted === true, 'the signal aborts')
  assert.equal(reasonOf(sts.calls[0]?.signal), 'caller_gone')
})

test('a grant that comes after its caller has gone is abandoned', async (t) => {
  const sts = await startSts(t)
  const { client } = grpcClient(t, sts.port)
  const call = client.Exchange({ identity: 'stubborn' }, bearer(), () => undefined)
  await until(() => sts.calls.length === 1, 'the call arrives')
  call.cancel()
  await until(() => sts.calls[0]?.signal.aborted === true, 'the signal aborts')
  sts.release()
  await until(() => sts.abandoned.length === 1, 'the grant is abandoned')
  assert.equal(sts.abandoned[0], sts.calls[0]?.requestId)
})

test('the service has a deadline of its own, which the exchange cannot outstay', async (t) => {
  const sts = await startSts(t, { limits: { requestMs: 50 } })
  const slow = await grpcClient(t, sts.port).exchange({ identity: 'slow' })
  assert.equal(slow.error?.code, status.DEADLINE_EXCEEDED)
  assert.equal(statusDetails(slow.error.metadata).info.reason, 'DEADLINE_EXCEEDED')
  assert.equal(reasonOf(sts.calls[0]?.signal), 'deadline_passed')

  const stubborn = await grpcClient(t, sts.port).exchange({ identity: 'stubborn' })
  assert.equal(stubborn.error?.code, status.DEADLINE_EXCEEDED)
  sts.release()
  await until(() => sts.abandoned.length === 1, 'the late grant is abandoned')
})

test('serves many calls at a time on one connection', async (t) => {
  const sts = await startSts(t)
  const client = grpcClient(t, sts.port)
  const outcomes = await Promise.all(
    Array.from({ length: 500 }, (_, index) => client.exchange({ identity: `ci-${index}` })),
  )
  assert.ok(outcomes.every(({ token }) => token?.token === TOKEN))
  assert.equal(new Set(sts.calls.map(({ requestId }) => requestId)).size, 500)
})

function reasonOf(signal: AbortSignal | undefined): string {
  const thrown: unknown = signal?.reason
  return thrown instanceof Error && 'reason' in thrown ? String(thrown.reason) : 'none'
}
