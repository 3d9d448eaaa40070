import { setTimeout as sleep } from 'node:timers/promises'
import type { StoreProblem } from '../shared/shared-store.ts'
import type { RedisAnswer, RedisConnection } from './redis-connection.ts'
import type { RedisEndpoint } from './redis-endpoint.ts'

/** For a connection to stand, from the name's lookup to the first probe's answer, in milliseconds. */
const OPENING_MAX_MS = 1_000
/** For an answer to a later probe, in milliseconds. */
const PROBE_MAX_MS = 1_000
/** Before the second attempt; doubles with each that fails, and of each wait the half is by chance. */
const BACKOFF_FIRST_MS = 50
const BACKOFF_MAX_MS = 3_000
/** A cluster that sends from node to node is asked again from the beginning. */
const REDIRECTS_MAX = 3

/** What the server may say while the connection is as good as any other would be. */
const KEPT: ReadonlySet<StoreProblem> = new Set(['full', 'refused', 'overloaded'])

export interface ConnectionKeeperOptions {
  readonly endpoint: RedisEndpoint
  readonly create: (endpoint: RedisEndpoint) => RedisConnection
  /** Asks something that shows whether the connection serves. */
  readonly probe: (connection: RedisConnection) => Promise<RedisAnswer>
  /** Milliseconds between two probes. */
  readonly probeMs: number
  /** Called when a connection stands. */
  readonly onUp?: (connection: RedisConnection) => void
  /** Called after each attempt, probe and end with what is wrong, or undefined. */
  readonly onState: (problem: StoreProblem | undefined) => void
  /** From 0 to 1. */
  readonly random: () => number
}

/** Holds one connection to a server, and makes another one when it ends. */
export interface ConnectionKeeper {
  /** The one that stands. */
  readonly connection: RedisConnection | undefined
  /** Probes it now. */
  check(): void
  /** Resolves when the first attempt has ended, well or badly. */
  readonly attempted: Promise<void>
  /** Resolves when nothing goes on any more. */
  close(): Promise<void>
}

export function keepConnection(options: ConnectionKeeperOptions): ConnectionKeeper {
  const stopping = new AbortController()
  let endFirstAttempt = (): void => undefined
  const attempted = new Promise<void>((resolve) => {
    endFirstAttempt = resolve
  })
  let current: RedisConnection | undefined
  let isUp = false
  let failures = 0
  /** Ends the wait for the next probe. */
  let waking = new AbortController()
  let redirects = 0

  /** The answer to `ask`; a connection that is too late is over. */
  async function limit(
    connection: RedisConnection,
    ms: number,
    ask: () => Promise<RedisAnswer>,
  ): Promise<RedisAnswer> {
    const timer = setTimeout(() => {
      connection.drop('timeout')
    }, ms)
    try {
      return await ask()
    } finally {
      clearTimeout(timer)
    }
  }

  /** Probes a connection that stands until it ends. */
  async function watch(connection: RedisConnection): Promise<RedisAnswer> {
    connection.closed.addEventListener('abort', () => {
      waking.abort()
    })
    for (;;) {
      waking = new AbortController()
      if (!connection.closed.aborted) {
        await sleep(options.probeMs, undefined, { signal: waking.signal }).catch(() => undefined)
      }
      if (connection.closed.aborted) return { ok: false, problem: connection.problem ?? 'unreachable' }
      const answer = await limit(connection, PROBE_MAX_MS, () => options.probe(connection))
      if (!answer.ok && !KEPT.has(answer.problem)) return answer
      // Only one that has stood for a while: a server that accepts and refuses in turn is not asked faster for it.
      failures = 0
      options.onState(answer.ok ? undefined : answer.problem)
    }
  }

  /** Makes one connection and stays until its end. @returns where to go next. */
  async function attempt(target: RedisEndpoint): Promise<RedisEndpoint> {
    const connection = options.create(target)
    current = connection
    let answer = await limit(connection, OPENING_MAX_MS, async () => {
      const opened = await connection.open()
      return opened.ok ? options.probe(connection) : opened
    })
    if (answer.ok || KEPT.has(answer.problem)) {
      isUp = true
      redirects = 0
      options.onState(answer.ok ? undefined : answer.problem)
      options.onUp?.(connection)
      endFirstAttempt()
      answer = await watch(connection)
      isUp = false
    }
    const problem = answer.ok ? 'unreachable' : answer.problem
    connection.drop(problem)
    const moved = answer.ok ? undefined : answer.moved
    if (moved !== undefined && redirects < REDIRECTS_MAX) {
      redirects++
      return { ...target, host: moved.host === '' ? target.host : moved.host, port: moved.port }
    }
    redirects = 0
    options.onState(problem)
    endFirstAttempt()
    const longest = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures++, 16))
    const pause = longest * (1 + options.random()) * 0.5
    await sleep(pause, undefined, { signal: stopping.signal }).catch(() => undefined)
    return options.endpoint
  }

  async function run(): Promise<void> {
    let target = options.endpoint
    while (!stopping.signal.aborted) target = await attempt(target)
    endFirstAttempt()
  }
  const running = run()

  return {
    get connection() {
      return isUp && current?.closed.aborted === false ? current : undefined
    },
    check() {
      waking.abort()
    },
    attempted,
    close() {
      stopping.abort()
      current?.drop('closed')
      return running
    },
  }
}
