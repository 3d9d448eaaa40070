import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createServer } from 'node:tls'
import { createRedisStore, type RedisStoreOptions, type SharedStore, type StoreProblem } from '#pkg/store'
import { failure } from './support/failure.ts'
import { bulk, obedient, startFakeRedis, type Behaviour } from './support/fake-redis.ts'
import { CERTIFICATE, waitUntil } from './support/redis-server.ts'

const LONG = { ttlMs: 60_000 }
/** Far longer than a call may take, and far shorter than a test. */
const PATIENCE_MS = 10_000

async function connect(t: TestContext, options: RedisStoreOptions): Promise<SharedStore> {
  const store = await createRedisStore({ probeMs: 60_000, ...options })
  t.after(() => store.close())
  return store
}

/** Does `own` with `get`, and as it should with all else. */
function onGet(own: Behaviour): Behaviour {
  return (command, socket) => (command[0] === 'get' ? own(command, socket) : obedient(command, socket))
}

describe('a server that answers a call badly', () => {
  const cases: readonly [name: string, behaviour: Behaviour, problem: StoreProblem][] = [
    ['never', () => undefined, 'timeout'],
    ['with half of an answer, and no more', () => '$5\r\nab', 'timeout'],
    ['with half of an answer, and the end', (_, socket) => void socket.end('$5\r\nab'), 'unreachable'],
    ['with a reset', (_, socket) => void socket.resetAndDestroy(), 'unreachable'],
    ['in another protocol', () => 'HTTP/1.1 400 Bad Request\r\n\r\n', 'malformed_answer'],
    ['with zero bytes', () => '\0'.repeat(100), 'malformed_answer'],
    ['with a line that does not end', () => `+${'a'.repeat(100_000)}`, 'malformed_answer'],
    ['with a length that is none', () => '$abc\r\n', 'malformed_answer'],
    ['with the length of a gigabyte', () => '$1000000000\r\nabc', 'malformed_answer'],
    ['with an array of a thousand million', () => '*1000000000\r\n', 'malformed_answer'],
    ['with arrays within arrays', () => '*1\r\n'.repeat(100_000), 'malformed_answer'],
    ['with more than a value may have', () => bulk('a'.repeat(4_097)), 'malformed_answer'],
    [
      'with bytes that are not UTF-8',
      (_, s) => void s.write(Buffer.from('$1\r\n\xFF\r\n', 'latin1')),
      'malformed_answer',
    ],
    ['with a number', () => ':1\r\n', 'malformed_answer'],
    ['with an array', () => '*1\r\n$1\r\na\r\n', 'malformed_answer'],
    ['with an array that is null', () => '*-1\r\n', 'malformed_answer'],
    ['that it still starts', () => '-LOADING Redis is loading the dataset in memory\r\n', 'not_ready'],
    ['that a script is running', () => '-BUSY Redis is busy running a script\r\n', 'not_ready'],
    ['that the cluster is down', () => '-CLUSTERDOWN Hash slot not served\r\n', 'not_ready'],
    ['with an error of no kind', () => '-ERR something\r\n', 'refused'],
    ['with an error that looks like a property', () => '-constructor\r\n', 'refused'],
    ['with an error without a word', () => '-\r\n', 'refused'],
  ]
  for (const [name, behaviour, problem] of cases) {
    test(`is a failure: ${name}`, { timeout: PATIENCE_MS }, async (t) => {
      const server = await startFakeRedis(t)
      const store = await connect(t, { url: server.url })
      server.behave(onGet(behaviour))
      await assert.rejects(store.get('key'), failure(problem))
      server.behave(obedient)
      await waitUntil(async () => (await store.get('key').catch(() => 'failed')) === undefined)
    })
  }

  const replies: readonly (readonly [
    call: string,
    run: (store: SharedStore) => Promise<unknown>,
    replies: readonly string[],
  ])[] = [
    ['set', (store) => store.set('key', 'value', LONG), ['$-1\r\n', '+QUEUED\r\n', ':1\r\n']],
    ['setIfAbsent', (store) => store.setIfAbsent('key', 'value', LONG), ['+NO\r\n', ':1\r\n']],
    [
      'compareAndSet',
      (store) => store.compareAndSet('key', 'a', 'b', LONG),
      ['+OK\r\n', ':2\r\n', '$-1\r\n'],
    ],
    ['delete', (store) => store.delete('key'), ['+OK\r\n', ':-1\r\n']],
    ['publish', (store) => store.publish('channel', 'message'), ['+OK\r\n', '$-1\r\n']],
  ]
  for (const [call, run, wrong] of replies) {
    test(`takes no reply to ${call} that it cannot have`, async (t) => {
      const server = await startFakeRedis(t)
      const store = await connect(t, { url: server.url })
      for (const reply of wrong) {
        server.behave(() => reply)
        await assert.rejects(run(store), failure('malformed_answer'))
        server.behave(obedient)
        await waitUntil(async () => (await store.get('key').catch(() => 'failed')) === undefined)
      }
    })
  }
})

describe('a server that is none from the beginning', () => {
  const cases: readonly [name: string, behaviour: Behaviour, problem: StoreProblem][] = [
    ['silent', () => undefined, 'timeout'],
    ['of another protocol', () => 'HTTP/1.1 400 Bad Request\r\n\r\n', 'malformed_answer'],
    ['that hangs up', (_, socket) => void socket.destroy(), 'unreachable'],
    ['that still starts', () => '-LOADING Redis is loading the dataset in memory\r\n', 'not_ready'],
    ['that sends on in circles', (_, socket) => `-MOVED 1 127.0.0.1:${socket.localPort}\r\n`, 'not_ready'],
    ['that sends to a place that is none', () => '-MOVED 1 127.0.0.1:99999\r\n', 'not_ready'],
  ]
  for (const [name, behaviour, problem] of cases) {
    test(`fails each call at once: ${name}`, { timeout: PATIENCE_MS }, async (t) => {
      const server = await startFakeRedis(t, behaviour)
      const store = await connect(t, { url: server.url })
      await waitUntil(() => store.problem === problem)
      await assert.rejects(store.get('key'), failure(problem))
      server.behave(obedient)
      await waitUntil(() => store.problem === undefined)
    })
  }

  test('does not hold up the start for more than about a second', { timeout: PATIENCE_MS }, async (t) => {
    const server = await startFakeRedis(t, () => undefined)
    await connect(t, { url: server.url })
  })

  test('is asked ever less often', async (t) => {
    const server = await startFakeRedis(t, (_, socket) => void socket.destroy())
    await connect(t, { url: server.url, random: () => 1 })
    const began = performance.now()
    await waitUntil(() => server.connections() >= 5)
    assert.ok(performance.now() - began >= 50 + 100 + 200 + 400 - 50)
  })
})

describe('a server that says what nobody asked', () => {
  const unasked: readonly [name: string, bytes: string][] = [
    ['a status', '+OK\r\n'],
    ['nothing', '$-1\r\n'],
    ['an empty array', '*0\r\n'],
    ['a message that is none', '*3\r\n$7\r\nmessage\r\n$-1\r\n$-1\r\n'],
    ['a message of numbers', '*3\r\n$7\r\nmessage\r\n:1\r\n:2\r\n'],
    ['an array of nothing', '*1\r\n$-1\r\n'],
    ['a subscription that is none', '*3\r\n$9\r\nsubscribe\r\n$-1\r\n:1\r\n'],
  ]
  for (const [name, bytes] of unasked) {
    test(`is left, and asked again: ${name}, to commands`, { timeout: PATIENCE_MS }, async (t) => {
      const server = await startFakeRedis(t)
      const store = await connect(t, { url: server.url })
      server.behave((command, socket) => `${obedient(command, socket) ?? ''}${bytes}`)
      await store.get('key').catch(() => undefined)
      await waitUntil(() => store.problem !== undefined)
      server.behave(obedient)
      await waitUntil(() => store.problem === undefined && server.connections() >= 2)
    })

    test(`is left, and asked again: ${name}, to a subscription`, { timeout: PATIENCE_MS }, async (t) => {
      const server = await startFakeRedis(t)
      const store = await connect(t, { url: server.url })
      server.behave((command, socket) => {
        const reply = obedient(command, socket) ?? ''
        return command[0] === 'subscribe' ? `${reply}${bytes}` : reply
      })
      let times = 0
      store.subscribe('one', { onMessage: () => undefined, onResubscribed: () => times++ })
      await waitUntil(() => server.connections() >= 3)
      server.behave(obedient)
      const before = times
      await waitUntil(() => times > before && store.problem === undefined)
    })
  }

  test('is not believed to have said nothing: what cannot be read counts as missed', async (t) => {
    const channel = 'github-sts:{v1}:one'
    const server = await startFakeRedis(t, (command, socket) => {
      const reply = obedient(command, socket) ?? ''
      if (command[0] !== 'subscribe') return reply
      const message = (text: string): string => `*3\r\n${bulk('message')}${bulk(channel)}${bulk(text)}`
      return `${reply}${message('good')}${message('a'.repeat(4_097))}`
    })
    const store = await connect(t, { url: server.url })
    const seen: string[] = []
    store.subscribe('one', { onMessage: (text) => seen.push(text), onResubscribed: () => seen.push('again') })
    await waitUntil(() => seen.length === 3)
    assert.deepEqual(seen.sort(), ['again', 'again', 'good'])
  })
})

test('a server that refuses a subscription is asked again', { timeout: PATIENCE_MS }, async (t) => {
  let times = 0
  const server = await startFakeRedis(t, (command, socket) => {
    if (command[0] === 'subscribe' && times++ < 2) return '-ERR not now\r\n'
    return obedient(command, socket)
  })
  const store = await connect(t, { url: server.url })
  let isTold = false
  store.subscribe('one', { onMessage: () => undefined, onResubscribed: () => (isTold = true) })
  await waitUntil(() => isTold)
  assert.equal(times, 3)
})

test('a server whose certificate is not trusted is told nothing', { timeout: PATIENCE_MS }, async (t) => {
  let received = 0
  const server = createServer({ cert: CERTIFICATE.cert, key: CERTIFICATE.private }, (socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => (received += chunk.length))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  const store = await connect(t, { url: `rediss://:secret@127.0.0.1:${port}` })
  assert.equal(store.problem, 'certificate_refused')
  await store.close()
  await sleep(50)
  assert.equal(received, 0)
})

describe('a server that stops to answer', () => {
  test('is left after a probe without an answer', { timeout: PATIENCE_MS }, async (t) => {
    const server = await startFakeRedis(t)
    const store = await connect(t, { url: server.url, probeMs: 50 })
    let times = 0
    store.subscribe('one', { onMessage: () => undefined, onResubscribed: () => times++ })
    await waitUntil(() => times === 1)
    server.behave(() => undefined)
    await waitUntil(() => store.problem === 'timeout' && server.connections() > 3)
    server.behave(obedient)
    await waitUntil(() => store.problem === undefined && times === 2)
  })

  test('is probed at once after a call without an answer', { timeout: PATIENCE_MS }, async (t) => {
    const server = await startFakeRedis(t)
    const store = await connect(t, { url: server.url, deadlineMs: 20, probeMs: 60_000 })
    server.behave(() => undefined)
    await assert.rejects(store.get('key'), failure('timeout'))
    await waitUntil(() => server.connections() > 1)
  })

  test('is sent a bounded number of commands', { timeout: PATIENCE_MS }, async (t) => {
    const server = await startFakeRedis(t)
    const store = await connect(t, { url: server.url })
    server.behave(() => undefined)
    const outcomes = await Promise.allSettled(Array.from({ length: 1_100 }, () => store.get('key')))
    const problems = outcomes.map(
      (outcome) => outcome.status === 'rejected' && failure('timeout', 'overloaded')(outcome.reason),
    )
    assert.ok(problems.every(Boolean))
    await assert.rejects(store.get('key'), failure('overloaded'))
    assert.ok(server.commands.filter((name) => name === 'get').length <= 1_000)
  })

  test('ends nothing but its own call when it is slow', async (t) => {
    const server = await startFakeRedis(t)
    const store = await connect(t, { url: server.url, deadlineMs: 500 })
    const held: (() => void)[] = []
    server.behave(([name], socket) => {
      held.push(() => socket.write(name === 'get' ? bulk('late') : '+OK\r\n'))
      return undefined
    })
    await assert.rejects(store.get('slow'), failure('timeout'))
    assert.equal(store.problem, 'timeout')
    server.behave(([name]) => (name === 'get' ? bulk('next') : '+OK\r\n'))
    for (const send of held) send()
    assert.equal(await store.get('next'), 'next')
    await waitUntil(() => store.problem === undefined)
    assert.equal(server.connections(), 1)
  })
})
