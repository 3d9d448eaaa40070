import { request } from 'node:http'
import { GRANTED, HELD, NO_ANSWER, type Arena } from '../attacks/attack.ts'
import { GOOD, HOSTILE_OWNER } from '../world/names.ts'

/** Longer than the service lets any request take. */
const ANSWER_MAX_MS = 40_000

export interface Ask {
  readonly scope?: string
  readonly identity?: string
  /** Query as it is sent; default: made of scope and identity. */
  readonly query?: string
  readonly bearer: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** One exchange over HTTP/1.1: its error code, `granted`, or how else it ended. */
export async function ask(arena: Arena, asked: Ask): Promise<string> {
  if (arena.over.aborted) return HELD
  const { scope = `${HOSTILE_OWNER}/${GOOD.repository}`, identity = GOOD.identity } = asked
  const query = asked.query ?? `scope=${encodeURIComponent(scope)}&identity=${encodeURIComponent(identity)}`
  return new Promise((resolve) => {
    const sent = request(
      {
        agent: arena.agent,
        host: '127.0.0.1',
        port: arena.port,
        path: `/sts/exchange?${query}`,
        method: asked.method ?? 'GET',
        headers: { authorization: `Bearer ${asked.bearer}`, ...asked.headers },
      },
      (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text: string) => (body += text))
        response.on('error', () => {
          resolve('broken answer')
        })
        response.on('end', () => {
          resolve(wordFor(response.statusCode ?? 0, body))
        })
      },
    )
    const giveUp = (word: string) => () => {
      resolve(word)
      sent.destroy()
    }
    const timer = setTimeout(giveUp(NO_ANSWER), ANSWER_MAX_MS)
    const onOver = giveUp(HELD)
    arena.over.addEventListener('abort', onOver, { once: true })
    sent.on('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.name)
    })
    sent.on('close', () => {
      clearTimeout(timer)
      arena.over.removeEventListener('abort', onOver)
    })
    sent.end(asked.body)
  })
}

/** An answer of the service in a word: `granted`, the code of an error of the exchange, else the status. */
export function wordFor(status: number, body: string): string {
  if (body.includes('ghs_')) return GRANTED
  const reason = /"reason":"([A-Z_]+)"/.exec(body)?.[1]
  return reason ?? `HTTP ${status}`
}
