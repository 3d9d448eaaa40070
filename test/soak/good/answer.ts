import { GOOD } from '../world/names.ts'

/** What a good client got; `problem` says why it is not what it asked for. */
export type GoodAnswer =
  { readonly ok: true; readonly token: string } | { readonly ok: false; readonly problem: string }

/** Asks for the good clients' token; rejects or answers within `timeoutMs`. */
export interface GoodClient {
  readonly name: string
  exchange(bearer: string, timeoutMs: number): Promise<GoodAnswer>
  close(): void
}

/** Judges an answer by the token and by what the service says of it in headers or trailers. */
export function judgeGrant(token: unknown, metadataOf: (name: string) => unknown): GoodAnswer {
  if (typeof token !== 'string' || !token.startsWith('ghs_')) return { ok: false, problem: 'no token' }
  const wanted = { 'sts-permissions': 'contents=read', 'sts-repositories': GOOD.repository }
  for (const [name, value] of Object.entries(wanted)) {
    const said = String(metadataOf(name))
    if (said.replace(',metadata=read', '') !== value) return { ok: false, problem: `${name}: ${said}` }
  }
  return { ok: true, token }
}

/** Judges an answer of JSON. */
export function judgeJson(status: number, body: string, headerOf: (name: string) => unknown): GoodAnswer {
  const answer = parse(body)
  if (status === 200) return judgeGrant(answer.token, headerOf)
  return { ok: false, problem: `HTTP ${status} ${answer.details?.[0]?.reason ?? ''}` }
}

interface JsonAnswer {
  readonly token?: unknown
  readonly details?: readonly { readonly reason?: string }[]
}

function parse(text: string): JsonAnswer {
  try {
    return JSON.parse(text) as JsonAnswer
  } catch {
    return {}
  }
}

export const EXCHANGE_TARGET = `/sts/exchange?scope=${GOOD.owner}/${GOOD.repository}&identity=${GOOD.identity}`
