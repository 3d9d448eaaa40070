import type { Socket } from 'node:net'
import type { StoreProblem } from '../shared/shared-store.ts'
import { connectGuarded, isCertificateRefused } from './guarded-socket.ts'
import type { RedisEndpoint } from './redis-endpoint.ts'
import type { RedisLibrary } from './redis-library.ts'
import { readReplyError, type ReplyError } from './reply-error.ts'

/** Commands without an answer, those that nobody waits for any more too; further ones are not sent. */
const PENDING_MAX = 1_000

/** What became of a command: a reply (bulk strings are bytes), or why there is none. */
export type RedisAnswer =
  { readonly ok: true; readonly reply: unknown } | ({ readonly ok: false } & ReplyError)

/** One connection, from its beginning to its end: it never connects again, and keeps no command for later. */
export interface RedisConnection {
  /** Connects, and signs in. Nothing else may be sent before. */
  open(): Promise<RedisAnswer>
  /** Never rejects, and ends at the latest with the connection. */
  send(command: string, args: readonly (string | number)[]): Promise<RedisAnswer>
  /** Ends it at once; `problem` is why, unless it has ended already. */
  drop(problem: StoreProblem): void
  /** Aborts at its end. */
  readonly closed: AbortSignal
  /** Why it ended. */
  readonly problem: StoreProblem | undefined
}

export interface RedisConnectionOptions {
  readonly library: RedisLibrary
  readonly endpoint: RedisEndpoint
  readonly certificateAuthorities: string | undefined
  /** Called with each message of a channel that was subscribed to on this connection. */
  readonly onMessage?: (channel: Uint8Array, message: Uint8Array) => void
}

export function createRedisConnection(options: RedisConnectionOptions): RedisConnection {
  const { library, endpoint } = options
  const closed = new AbortController()
  let socket: Socket | undefined
  let problem: StoreProblem | undefined
  let pending = 0

  class GuardedConnector extends library.AbstractConnector {
    constructor() {
      super(0)
    }
    override connect(): Promise<Socket> {
      const guarded = connectGuarded(endpoint, {
        certificateAuthorities: options.certificateAuthorities,
        onMalformed: () => {
          problem ??= 'malformed_answer'
        },
      })
      guarded.once('error', (error) => {
        this.firstError = error
      })
      socket = guarded
      return Promise.resolve(guarded)
    }
    override disconnect(): void {
      // Not ended and waited for: the other side may never answer that.
      socket?.destroy()
    }
  }

  const client = new library.Redis({
    Connector: GuardedConnector,
    // Nothing, the password least of all, is written before the certificate has been verified.
    ...(endpoint.isTls ? { tls: {} } : {}),
    lazyConnect: true,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    disableClientInfo: true,
    retryStrategy: null,
  })

  function drop(why: StoreProblem): void {
    problem ??= why
    client.disconnect()
  }

  client.on('error', () => {
    if (isCertificateRefused(socket)) drop('certificate_refused')
    // Also without an error of the socket: a reply to no command, after which the client would go on.
    else drop(socket?.errored ? 'unreachable' : 'malformed_answer')
  })
  client.on('messageBuffer', (channel: unknown, message: unknown) => {
    if (channel instanceof Uint8Array && message instanceof Uint8Array) options.onMessage?.(channel, message)
    else drop('malformed_answer')
  })
  client.once('end', () => {
    problem ??= 'unreachable'
    closed.abort()
  })

  function failureOf(thrown: unknown): RedisAnswer {
    // The message of a reply error is the reply.
    if (isReplyError(library, thrown)) return { ok: false, ...readReplyError(thrown.message) }
    return { ok: false, problem: problem ?? 'unreachable' }
  }

  async function send(command: string, args: readonly (string | number)[]): Promise<RedisAnswer> {
    if (pending >= PENDING_MAX) return { ok: false, problem: 'overloaded' }
    pending++
    try {
      return { ok: true, reply: await client.callBuffer(command, [...args]) }
    } catch (thrown) {
      return failureOf(thrown)
    } finally {
      pending--
    }
  }

  async function open(): Promise<RedisAnswer> {
    try {
      await client.connect()
    } catch (thrown) {
      return failureOf(thrown)
    }
    if (endpoint.credentials.length > 0) {
      // By us and not by the client's options, which would print what is wrong with it.
      const answer = await send('auth', endpoint.credentials)
      if (!answer.ok) return answer.problem === 'refused' ? { ok: false, problem: 'access_denied' } : answer
    }
    if (endpoint.database === undefined) return { ok: true, reply: undefined }
    return send('select', [endpoint.database])
  }

  return {
    open,
    send,
    drop,
    closed: closed.signal,
    get problem() {
      return problem
    },
  }
}

function isReplyError(library: RedisLibrary, thrown: unknown): thrown is Error {
  const constructor: unknown = library.ReplyError
  return thrown instanceof Error && typeof constructor === 'function' && thrown instanceof constructor
}
