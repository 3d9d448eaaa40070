import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { StsError } from '#pkg/errors'
import { watchSecrets, type SecretSource } from '#pkg/secrets'
import { captureLog } from '../audit/support/log-capture.ts'

const signal = new AbortController().signal

/** A manager whose values a test sets; an error is what reading one gives. */
function createManager(initial: Readonly<Record<string, string | Error>>) {
  const secrets = new Map(Object.entries(initial))
  const source: SecretSource = {
    read(name) {
      const value = secrets.get(name) ?? new StsError('secret_unavailable')
      return typeof value === 'string' ? Promise.resolve(Buffer.from(value)) : Promise.reject(value)
    },
  }
  return { secrets, source }
}

/** Time that passes when a test says so. */
function createTime() {
  const asked: number[] = []
  let wake: (() => void) | undefined
  return {
    asked,
    pause: (ms: number, closing: AbortSignal): Promise<void> => {
      asked.push(ms)
      return new Promise((resolve, reject) => {
        wake = resolve
        closing.addEventListener('abort', () => {
          reject(new Error('closed'))
        })
      })
    },
    pass: async (): Promise<void> => {
      wake?.()
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

async function createWorld(t: TestContext, initial: Readonly<Record<string, string>>) {
  const { secrets, source } = createManager(initial)
  const { pause, pass, asked } = createTime()
  const log = captureLog()
  const changes: string[][] = []
  const watch = await watchSecrets({
    source,
    names: Object.keys(initial),
    signal,
    logger: log.logger,
    pause,
    onChange: (values) => void changes.push(values.map(String)),
  })
  t.after(() => watch.close())
  return { secrets, watch, pass, asked, log, changes, values: () => watch.values.map(String) }
}

test('a failure at the start is an error', async () => {
  const { source } = createManager({ a: 'one', b: new StsError('secret_unavailable') })
  const watching = watchSecrets({
    source,
    names: ['a', 'b'],
    signal,
    logger: captureLog().logger,
    onChange: () => undefined,
  })
  await assert.rejects(watching, { reason: 'secret_unavailable' })
})

test('secrets are read again every ten minutes, and a change is told once', async (t) => {
  const { secrets, pass, asked, changes, values } = await createWorld(t, { a: 'one', b: 'two' })
  assert.deepEqual(values(), ['one', 'two'])
  await pass()
  assert.deepEqual(changes, [])
  secrets.set('b', 'three')
  await pass()
  await pass()
  assert.deepEqual(changes, [['one', 'three']])
  assert.deepEqual(values(), ['one', 'three'])
  assert.deepEqual(new Set(asked), new Set([600_000]))
})

test('a secret that cannot be read again keeps its value, and the others still follow', async (t) => {
  const { secrets, pass, log, values } = await createWorld(t, { a: 'one', b: 'two' })
  secrets.set('a', new StsError('secret_unavailable', { detail: { problem: 'permission' } }))
  secrets.set('b', 'three')
  await pass()
  assert.deepEqual(values(), ['one', 'three'])
  const warnings = log.lines.filter(({ severity }) => severity === 'WARNING')
  assert.deepEqual(
    warnings.map(({ secret }) => secret),
    ['a'],
  )
  assert.doesNotMatch(JSON.stringify(log.lines), /one|two|three/)
  secrets.set('a', 'four')
  await pass()
  assert.deepEqual(values(), ['four', 'three'])
})

test('closed, it reads no more and says nothing', async (t) => {
  const { secrets, watch, pass, log, changes } = await createWorld(t, { a: 'one' })
  await watch.close()
  secrets.set('a', 'two')
  await pass()
  assert.deepEqual(changes, [])
  assert.deepEqual(log.lines, [])
})
