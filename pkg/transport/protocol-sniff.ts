import type { Socket } from 'node:net'

/** The 24 octets that every HTTP/2 client with prior knowledge sends first (RFC 9113, section 3.4). */
const HTTP2_PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')

/**
 * Reads just enough of a new connection to tell its protocol, puts the bytes back and calls `decide`
 * once. How long that may take is the connection pool's affair.
 */
export function sniffProtocol(socket: Socket, decide: (protocol: 'http1' | 'http2') => void): void {
  let seen: Buffer = Buffer.alloc(0)

  function cut(): void {
    socket.destroy()
  }
  function onReadable(): void {
    for (;;) {
      const chunk: unknown = socket.read()
      if (!Buffer.isBuffer(chunk)) return
      seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk])
      const compared = Math.min(seen.length, HTTP2_PREFACE.length)
      const matches = seen.compare(HTTP2_PREFACE, 0, compared, 0, compared) === 0
      if (matches && compared < HTTP2_PREFACE.length) continue
      socket.off('readable', onReadable).off('error', cut).off('end', cut)
      socket.unshift(seen)
      decide(matches ? 'http2' : 'http1')
      return
    }
  }
  socket.on('readable', onReadable).on('error', cut).on('end', cut)
}
