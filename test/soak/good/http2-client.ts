import http2 from 'node:http2'
import { EXCHANGE_TARGET, judgeJson, type GoodAnswer, type GoodClient } from './answer.ts'

/** JSON over cleartext HTTP/2 on one connection, as a load balancer has it; a new one when it has gone. */
export function createHttp2Client(port: number): GoodClient {
  let session: http2.ClientHttp2Session | undefined
  function connect(): http2.ClientHttp2Session {
    if (session === undefined || session.closed || session.destroyed) {
      session = http2.connect(`http://127.0.0.1:${port}`)
      session.on('error', () => {
        // Each request has its own.
      })
    }
    return session
  }
  return {
    name: 'JSON, HTTP/2',
    exchange: (bearer, timeoutMs) =>
      new Promise<GoodAnswer>((resolve, reject) => {
        const stream = connect().request(
          { ':path': EXCHANGE_TARGET, authorization: `Bearer ${bearer}` },
          { endStream: true, signal: AbortSignal.timeout(timeoutMs) },
        )
        let headers: http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader = {}
        let body = ''
        stream.on('response', (received) => {
          headers = received
        })
        stream.setEncoding('utf8').on('data', (text: string) => (body += text))
        stream.on('error', reject).on('end', () => {
          resolve(judgeJson(headers[':status'] ?? 0, body, (name) => headers[name]))
        })
      }),
    close: () => {
      session?.destroy()
    },
  }
}
