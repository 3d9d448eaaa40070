import { Agent, request } from 'node:http'
import { EXCHANGE_TARGET, judgeJson, type GoodAnswer, type GoodClient } from './answer.ts'

/** Connections, as a load balancer in front keeps them. */
export const HTTP1_CONNECTIONS = 16

/** JSON over HTTP/1.1, on connections that are kept; the health checks are those that make new ones. */
export function createHttp1Client(port: number): GoodClient {
  const agent = new Agent({ keepAlive: true, maxSockets: HTTP1_CONNECTIONS })
  return {
    name: 'JSON, HTTP/1.1',
    exchange: (bearer, timeoutMs) =>
      new Promise<GoodAnswer>((resolve, reject) => {
        const sent = request(
          {
            agent,
            host: '127.0.0.1',
            port,
            path: EXCHANGE_TARGET,
            headers: { authorization: `Bearer ${bearer}` },
            signal: AbortSignal.timeout(timeoutMs),
          },
          (response) => {
            let body = ''
            response.setEncoding('utf8').on('data', (text: string) => (body += text))
            response.on('error', reject).on('end', () => {
              resolve(judgeJson(response.statusCode ?? 0, body, (name) => response.headers[name]))
            })
          },
        )
        sent.on('error', reject).end()
      }),
    close: () => {
      agent.destroy()
    },
  }
}
