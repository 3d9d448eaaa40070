import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { Client, credentials, status, type ClientReadableStream } from '@grpc/grpc-js'
import { service as healthDefinition } from 'grpc-health-check'

import { SERVICE_NAME } from '#pkg/wire'

import { startSts, until } from './support/sts.ts'

interface HealthStatus {
  readonly status: string
}

interface HealthClient {
  readonly check: (service: string) => Promise<string | number>
  readonly watch: (service: string) => ClientReadableStream<HealthStatus>
}

function healthClient(t: TestContext, port: number): HealthClient {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
  t.after(() => {
    client.close()
  })
  const { Check, Watch } = healthDefinition
  assert.ok(Check !== undefined && Watch !== undefined)
  const deserialize = (bytes: Buffer): HealthStatus => Watch.responseDeserialize(bytes) as HealthStatus
  return {
    check: (service) =>
      new Promise((resolve) => {
        client.makeUnaryRequest(
          Check.path,
          Check.requestSerialize,
          deserialize,
          { service },
          (error, answer) => {
            resolve(error === null ? (answer?.status ?? '') : error.code)
          },
        )
      }),
    watch: (service) =>
      client.makeServerStreamRequest(Watch.path, Watch.requestSerialize, deserialize, { service }),
  }
}

test('health follows readiness, for the server and the service', async (t) => {
  let ready = true
  const sts = await startSts(t, { readiness: () => ({ ready, detail: {} }) })
  const { check } = healthClient(t, sts.port)
  for (const service of ['', SERVICE_NAME]) assert.equal(await check(service), 'SERVING', service)
  ready = false
  for (const service of ['', SERVICE_NAME]) assert.equal(await check(service), 'NOT_SERVING', service)
  for (const service of ['other', '__proto__', '\ud800', 'x'.repeat(60_000)]) {
    assert.equal(await check(service), status.NOT_FOUND)
  }
})

test('a watcher is told of changes, of draining, and of the end', async (t) => {
  let ready = true
  const sts = await startSts(t, { readiness: () => ({ ready, detail: {} }) })
  const { watch } = healthClient(t, sts.port)
  const seen: string[] = []
  let ended = false
  const call = watch(SERVICE_NAME)
  call.on('data', (answer: HealthStatus) => seen.push(answer.status))
  call.on('end', () => {
    ended = true
  })
  call.on('error', () => undefined)
  await until(() => seen.length === 1, 'the first status')
  ready = false
  await until(() => seen.length === 2, 'the change')
  ready = true
  await until(() => seen.length === 3, 'the change back')
  sts.server.drain()
  await until(() => seen.length === 4, 'draining')
  assert.deepEqual(seen, ['SERVING', 'NOT_SERVING', 'SERVING', 'NOT_SERVING'])
  await sts.server.close({ graceMs: 5_000 })
  await until(() => ended, 'the end')
})

test('a watch of an unknown service says so and stays open until the end', async (t) => {
  const sts = await startSts(t)
  const call = healthClient(t, sts.port).watch('other')
  call.on('error', () => undefined)
  const answer = await new Promise<HealthStatus>((resolve) => call.once('data', resolve))
  assert.equal(answer.status, 'SERVICE_UNKNOWN')
  let ended = false
  call.once('end', () => {
    ended = true
  })
  // Would otherwise last as long as the grace.
  await sts.server.close({ graceMs: 60_000 })
  await until(() => ended, 'the end')
})
