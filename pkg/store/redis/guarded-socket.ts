import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, TLSSocket } from 'node:tls'
import { createReplyScanner } from './reply-scanner.ts'
import type { RedisEndpoint } from './redis-endpoint.ts'

export interface GuardedSocketOptions {
  /** PEM of the only authorities to trust. Default: those of Node. */
  readonly certificateAuthorities: string | undefined
  /** Called before the socket is destroyed for what came in on it. */
  readonly onMalformed: () => void
}

/**
 * A connection to the server that ends with the first bytes which are no reply, or which its reader throws at: such an
 * exception would otherwise end the process.
 */
export function connectGuarded(endpoint: RedisEndpoint, options: GuardedSocketOptions): Socket {
  const { host, port } = endpoint
  const socket = endpoint.isTls
    ? connectTls({
        host,
        port,
        ...(isIP(host) === 0 ? { servername: host } : {}),
        ...(options.certificateAuthorities === undefined ? {} : { ca: options.certificateAuthorities }),
      })
    : connectTcp({ host, port })
  const scanner = createReplyScanner()
  const emit = socket.emit.bind(socket)

  function deliver(args: readonly unknown[]): boolean {
    try {
      const [chunk] = args
      if (chunk instanceof Uint8Array && scanner.accepts(chunk)) return emit('data', ...args)
    } catch {
      // Its text may quote what came in.
    }
    options.onMalformed()
    socket.destroy()
    return true
  }

  socket.emit = (event: string | symbol, ...args: unknown[]): boolean =>
    event === 'data' ? deliver(args) : emit(event, ...args)
  return socket
}

/** Whether the connection ended because the server's certificate is not trusted. */
export function isCertificateRefused(socket: Socket | undefined): boolean {
  // Null until a certificate was refused, whatever its type says.
  const refusal: unknown = socket instanceof TLSSocket ? socket.authorizationError : undefined
  return Boolean(refusal)
}
