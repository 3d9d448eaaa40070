import net from 'node:net'
import type { TestContext } from 'node:test'

/** A connection of which the test writes every byte. */
export interface RawConnection {
  readonly socket: net.Socket
  /** Everything received so far. */
  received(): Buffer
  /** Resolves with everything received, when the other side has ended or cut the connection. */
  readonly closed: Promise<Buffer>
}

/** How long a test waits for the service to end a connection. Long, for only a hang should reach it. */
const CLOSE_TIMEOUT_MS = 10_000

export async function connectRaw(t: TestContext, port: number): Promise<RawConnection> {
  const socket = net.connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  const closed = new Promise<Buffer>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error('the connection was not ended'))
    }, CLOSE_TIMEOUT_MS)
    const done = (): void => {
      clearTimeout(timer)
      resolve(Buffer.concat(chunks))
    }
    t.after(() => {
      clearTimeout(timer)
      socket.destroy()
    })
    socket.on('end', done).on('close', done)
    socket.on('error', () => {
      // A reset is followed by close.
    })
  })
  closed.catch(() => {
    // Only tests that await it care.
  })
  await new Promise((resolve) => socket.once('connect', resolve))
  return { socket, received: () => Buffer.concat(chunks), closed }
}

export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The first HTTP/1.1 response in `bytes`. */
export function parseAnswer(bytes: Buffer): RawAnswer {
  const [head = '', ...rest] = bytes.toString('latin1').split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  return {
    status: Number(statusLine.split(' ')[1]),
    headers,
    body: rest.join('\r\n\r\n').slice(0, Number(headers['content-length'] ?? 0)),
  }
}

/** Sends `text` on a connection of its own and returns the answer, once the service has ended it. */
export async function rawRequest(t: TestContext, port: number, text: string | Buffer): Promise<RawAnswer> {
  const connection = await connectRaw(t, port)
  connection.socket.write(text)
  return parseAnswer(await connection.closed)
}
