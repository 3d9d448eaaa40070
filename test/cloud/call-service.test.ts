import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Agent } from 'undici'
import { callService, cloudError, importPackage, type CloudService } from '#pkg/cloud'
import { StsError } from '#pkg/errors'

const service: CloudService = { provider: 'gcp', reason: 'app_key_unavailable', dispatcher: new Agent() }
const signal = new AbortController().signal

async function errorOf(promise: Promise<unknown>): Promise<StsError> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown)
  assert.ok(error instanceof StsError)
  return error
}

describe('callService', () => {
  test('waits as long as the service asks for', async () => {
    const pauses: number[] = []
    let attempts = 0
    const result = await callService(
      { service, signal, pause: (ms) => Promise.resolve(void pauses.push(ms)), random: () => 1 },
      () =>
        attempts++ < 2
          ? Promise.reject(cloudError(service, 'throttled', { retryAfterMs: 1_000 * (2 - attempts) }))
          : Promise.resolve('done'),
    )
    assert.equal(result, 'done')
    assert.deepEqual(pauses, [1_000, 300])
  })

  test('does not wait longer than there is time for an answer', async () => {
    const error = await errorOf(
      callService({ service, signal, pause: () => assert.fail() }, () =>
        Promise.reject(cloudError(service, 'throttled', { retryAfterMs: 60_000 })),
      ),
    )
    assert.equal(error.detail['problem'], 'throttled')
    assert.equal(error.retryAfterMs, 60_000)
  })

  test('ends in time with what was wrong last', async () => {
    const forever = (): Promise<never> => new Promise(() => undefined)
    const late = await errorOf(callService({ service, signal, timeoutMs: 5 }, forever))
    assert.equal(late.detail['problem'], 'timeout')
    const throttled = await errorOf(
      callService({ service, signal, timeoutMs: 5 }, () => Promise.reject(cloudError(service, 'throttled'))),
    )
    assert.equal(throttled.detail['problem'], 'throttled')
  })

  test('has no room for errors that it does not know, nor for what they say', async () => {
    const error = await errorOf(
      callService({ service, signal }, () => Promise.reject(new SyntaxError('{"value":"CANARY"'))),
    )
    assert.equal(error.reason, 'app_key_unavailable')
    assert.equal(error.detail['problem'], 'refused')
    assert.equal(error.cause, undefined)
  })
})

describe('importPackage', () => {
  test('names the command that installs what is missing', async () => {
    const name: string = '@acme/no-such-package'
    const error = await errorOf(importPackage(service, name, () => import(name) as Promise<unknown>))
    assert.equal(error.reason, 'app_key_unavailable')
    assert.deepEqual(error.detail, {
      provider: 'gcp',
      problem: 'package_missing',
      install: 'npm install @acme/no-such-package',
    })
  })
})
