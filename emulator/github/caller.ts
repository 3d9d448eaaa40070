import type { IncomingHttpHeaders } from 'node:http'
import type { Answer } from '../http/message.ts'
import type { AccessToken, TokenStore } from './access-token.ts'
import type { AppJwtResult } from './app-jwt.ts'
import { errorAnswer } from './error-answer.ts'
import { botOf } from './model/app.ts'
import type { App } from './model/app.ts'
import type { Actor } from './model/account.ts'

/** Who a request comes from. */
export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'app'; readonly app: App }
  | { readonly kind: 'installation'; readonly token: AccessToken }

/** A caller, or the answer that ends the request. */
export type Authentication =
  { readonly ok: true; readonly caller: Caller } | { readonly ok: false; readonly answer: Answer }

/** Reads `Authorization`: an App JWT, an installation token (both as `Bearer` or `token`), or nothing. */
export async function authenticate(
  headers: Readonly<IncomingHttpHeaders>,
  tokens: TokenStore,
  checkAppJwt: (jwt: string) => Promise<AppJwtResult>,
): Promise<Authentication> {
  if (headers.authorization === undefined) return { ok: true, caller: { kind: 'anonymous' } }
  const credential = /^(?:bearer|token) +(\S+)$/i.exec(headers.authorization)?.[1]
  if (credential === undefined) return { ok: false, answer: errorAnswer(401, 'Bad credentials') }
  if (credential.startsWith('ghs_')) {
    const token = tokens.find(credential)
    if (token === undefined) return { ok: false, answer: errorAnswer(401, 'Bad credentials') }
    return token.installation.suspendedAt === null
      ? { ok: true, caller: { kind: 'installation', token } }
      : { ok: false, answer: suspended() }
  }
  if (credential.split('.').length !== 3) {
    return { ok: false, answer: errorAnswer(401, 'Bad credentials') }
  }
  const result = await checkAppJwt(credential)
  return result.ok
    ? { ok: true, caller: { kind: 'app', app: result.app } }
    : { ok: false, answer: errorAnswer(result.status, result.message) }
}

/** Whom the events of a request name as their sender; undefined for a caller without an App. */
export function actorOf(caller: Caller): Actor | undefined {
  if (caller.kind === 'anonymous') return undefined
  return botOf(caller.kind === 'app' ? caller.app : caller.token.installation.app)
}

/** What a suspended installation gets, for its tokens and for asking for one. */
export function suspended(documentationUrl?: string): Answer {
  return errorAnswer(403, 'This installation has been suspended', documentationUrl)
}
