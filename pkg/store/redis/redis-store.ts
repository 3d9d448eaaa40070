import {
  storeError,
  type SharedStore,
  type StoreOperation,
  type StoreProblem,
} from '../shared/shared-store.ts'
import { checkEntry, checkKey, checkValue } from '../shared/store-bounds.ts'
import { keepConnection } from './connection-keeper.ts'
import { createProblemBoard } from './problem-board.ts'
import { createRedisConnection, type RedisAnswer, type RedisConnection } from './redis-connection.ts'
import { parseRedisUrl } from './redis-endpoint.ts'
import { loadRedisLibrary } from './redis-library.ts'
import { readCount, readDone, readFlag, readValue, readWhetherDone, type Result } from './redis-reply.ts'
import { createSubscriptionLink } from './subscription-link.ts'

/**
 * Before each key and channel. Releases that write another form have another number, so that both can run at a time.
 * What is in braces decides in a cluster which node has a key
 * (https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags): one node has them all.
 */
const PREFIX = 'github-sts:{v1}:'

/** KEYS[1]: the key; ARGV: what is expected, what to set, for how many milliseconds. */
const COMPARE_AND_SET = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`

const DEFAULT_DEADLINE_MS = 250
const DEFAULT_PROBE_MS = 5_000
/** A probe's own entry is gone soon after the last instance is. */
const PROBE_TTL_MS = 60_000
/** After these a connection is given up at once, and not only when a probe has found out. */
const LEFT_BEHIND: ReadonlySet<StoreProblem> = new Set(['read_only', 'not_ready', 'malformed_answer'])

export interface RedisStoreOptions {
  /** `redis://[[user]:password@]host[:port][/database]`, or `rediss://` for TLS. A cluster needs nothing more. */
  readonly url: string
  /** PEM of the only authorities to trust for TLS. Default: those of Node. */
  readonly certificateAuthorities?: string | undefined
  /** Milliseconds for one call. Default: 250. */
  readonly deadlineMs?: number | undefined
  /** Milliseconds between two looks at whether the server still serves. Default: 5,000. */
  readonly probeMs?: number | undefined
  /** From 0 to 1. Default: Math.random. */
  readonly random?: (() => number) | undefined
  /** Called at each change of `problem`. It must not throw. */
  readonly onProblem?: ((problem: StoreProblem | undefined) => void) | undefined
}

/** Whether the connection serves: by a write, because a replica or a full server would answer a read. */
async function probe(connection: RedisConnection): Promise<RedisAnswer> {
  const answer = await connection.send('set', [PREFIX, '1', 'PX', PROBE_TTL_MS])
  // Another reply belongs to another command.
  return answer.ok && readDone(answer.reply) === undefined
    ? { ok: false, problem: 'malformed_answer' }
    : answer
}

/**
 * A shared store in Redis or Valkey, on one connection for commands and one for subscriptions.
 *
 * It resolves when the first attempt to connect has ended, well or badly, a second later at most: a server that is away
 * is a `problem` and no failure. While it is away each call fails at once, and it is asked for again until it is back.
 *
 * @throws `store_unavailable` for a URL that cannot be used, and without the package ioredis.
 */
export async function createRedisStore(options: RedisStoreOptions): Promise<SharedStore> {
  const { deadlineMs = DEFAULT_DEADLINE_MS, random = Math.random, probeMs = DEFAULT_PROBE_MS } = options
  const endpoint = parseRedisUrl(options.url)
  const library = await loadRedisLibrary()
  const { certificateAuthorities } = options
  const board = createProblemBoard(options.onProblem)
  let isClosed = false

  const commands = keepConnection({
    endpoint,
    create: (target) => createRedisConnection({ library, endpoint: target, certificateAuthorities }),
    probe,
    probeMs,
    onState: (problem) => {
      if (problem === undefined) board.set('operations', undefined)
      board.set('commands', problem)
    },
    random,
  })
  const subscriptions = createSubscriptionLink({
    endpoint,
    create: (target, onMessage) =>
      createRedisConnection({ library, endpoint: target, certificateAuthorities, onMessage }),
    probeMs,
    onState: (problem) => {
      board.set('subscriptions', problem)
    },
    random,
  })
  await commands.attempted

  async function ask(command: string, args: readonly (string | number)[]): Promise<RedisAnswer> {
    const { connection } = commands
    if (connection === undefined) return { ok: false, problem: board.problem ?? 'unreachable' }
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<RedisAnswer>((resolve) => {
      timer = setTimeout(resolve, deadlineMs, { ok: false, problem: 'timeout' })
    })
    const answer = await Promise.race([connection.send(command, args), late])
    clearTimeout(timer)
    // The server may be gone without a word.
    if (!answer.ok && answer.problem === 'timeout') commands.check()
    // Another connection may be one to a server that can.
    if (!answer.ok && LEFT_BEHIND.has(answer.problem)) connection.drop(answer.problem)
    return answer
  }

  /** What `read` makes of the reply to a command; undefined from it: that is no reply to this command. */
  async function run<T>(
    operation: StoreOperation,
    command: string,
    args: readonly (string | number)[],
    read: (reply: unknown) => Result<T> | undefined,
  ): Promise<T> {
    if (isClosed) throw storeError(operation, 'closed')
    const answer = await ask(command, args)
    const outcome = answer.ok ? read(answer.reply) : undefined
    if (outcome !== undefined) return outcome.result
    const problem = answer.ok ? 'malformed_answer' : answer.problem
    board.set('operations', problem)
    throw storeError(operation, problem)
  }

  return {
    get problem() {
      return board.problem
    },
    async get(key) {
      checkKey('get', key)
      return run('get', 'get', [PREFIX + key], readValue)
    },
    async set(key, value, lifetime) {
      checkEntry('set', key, value, lifetime)
      await run('set', 'set', [PREFIX + key, value, 'PX', lifetime.ttlMs], readDone)
    },
    async setIfAbsent(key, value, lifetime) {
      checkEntry('set_if_absent', key, value, lifetime)
      return run('set_if_absent', 'set', [PREFIX + key, value, 'PX', lifetime.ttlMs, 'NX'], readWhetherDone)
    },
    async compareAndSet(key, expected, value, lifetime) {
      const operation = 'compare_and_set'
      checkEntry(operation, key, value, lifetime)
      const { ttlMs } = lifetime
      if (expected === undefined) {
        return run(operation, 'set', [PREFIX + key, value, 'PX', ttlMs, 'NX'], readWhetherDone)
      }
      checkValue(operation, expected)
      return run(operation, 'eval', [COMPARE_AND_SET, 1, PREFIX + key, expected, value, ttlMs], readFlag)
    },
    async delete(key) {
      checkKey('delete', key)
      await run('delete', 'del', [PREFIX + key], readCount)
    },
    async publish(channel, message) {
      checkKey('publish', channel)
      checkValue('publish', message)
      await run('publish', 'publish', [PREFIX + channel, message], readCount)
    },
    subscribe(channel, subscriber) {
      checkKey('subscribe', channel)
      if (isClosed) throw storeError('subscribe', 'closed')
      return subscriptions.subscribe(PREFIX + channel, subscriber)
    },
    async close() {
      isClosed = true
      await Promise.all([commands.close(), subscriptions.close()])
      board.set('commands', 'closed')
    },
  }
}
