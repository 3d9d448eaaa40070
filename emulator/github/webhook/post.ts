import { request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'

/** Bytes of an answer that are kept. */
const ANSWER_MAX_BYTES = 64 * 1024

/** What became of a request. */
export type PostResult =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly body: string
    }
  | { readonly kind: 'failed' }

/** One request to a receiver. */
export interface Post {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly signal: AbortSignal
  /** Called once: there is a connection, or there will be none. */
  readonly onConnected: () => void
}

/** Sends a request over a connection of its own. Redirects are not followed. */
export function post({ url, headers, body, signal, onConnected }: Post): Promise<PostResult> {
  return new Promise((resolve) => {
    const failed = (): void => {
      onConnected()
      resolve({ kind: 'failed' })
    }
    const sent = request(url, { method: 'POST', headers, signal, agent: false })
    sent.on('error', failed)
    sent.on('socket', (socket) => socket.once('connect', onConnected))
    sent.on('response', (response) => {
      const chunks: Buffer[] = []
      let length = 0
      response.on('data', (chunk: Buffer) => {
        if (length < ANSWER_MAX_BYTES) chunks.push(chunk.subarray(0, ANSWER_MAX_BYTES - length))
        length += chunk.length
      })
      response.on('error', failed)
      response.on('end', () => {
        resolve({
          kind: 'answered',
          status: response.statusCode ?? 0,
          headers: single(response.headers),
          body: Buffer.concat(chunks).toString(),
        })
      })
    })
    sent.end(body)
  })
}

function single(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
