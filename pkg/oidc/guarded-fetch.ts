import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, type Dispatcher } from 'undici'
import { StsError } from '#pkg/errors'
import { createGuardedConnector, networkError, type Network } from './guarded-connect.ts'
import type { Reach } from './reach.ts'
import { readBody } from './response-body.ts'

/** A document that an issuer served. */
export interface FetchedDocument {
  readonly body: Buffer
  /** The `max-age` of its `Cache-Control` (RFC 9111, section 5.2.2.1); undefined if it has none. */
  readonly maxAgeSeconds: number | undefined
}

/** Connections to wherever one issuer may lead, for as long as its documents are being fetched. */
export interface GuardedSession {
  /**
   * Gets a document, following redirects, and asking again after what may pass: at most twice, for
   * 429, 5xx other than 501, and failures of the network.
   *
   * @throws StsError ISSUER_REJECTED or ISSUER_UNREACHABLE; the reason of the session's signal.
   */
  get(url: URL, options: { readonly redirects: number }): Promise<FetchedDocument>
  /** Ends every connection. */
  close(): Promise<void>
}

/** Redirects that are followed for one document. */
export const REDIRECTS_MAX = 3
/** Before the second and the third attempt. */
const RETRY_DELAYS_MS: readonly number[] = [100, 400]
const RESPONSE_HEADERS_MAX_BYTES = 16 * 1024
const REDIRECT_STATUSES: readonly number[] = [301, 302, 303, 307, 308]

/**
 * Opens a session for one issuer.
 *
 * It sends GET requests without credentials, cookies or anything of the caller; connects only as
 * `guarded-connect.ts` does; keeps nothing when it is closed.
 *
 * @param signal - ends everything under way; its reason is what the session then rejects with.
 */
export function openGuardedSession(network: Network, reach: Reach, signal: AbortSignal): GuardedSession {
  const agent = new Agent({
    connect: createGuardedConnector(network, reach, signal),
    connections: 1,
    pipelining: 1,
    maxHeaderSize: RESPONSE_HEADERS_MAX_BYTES,
    // The signal is the one clock.
    headersTimeout: 0,
    bodyTimeout: 0,
  })

  return {
    async get(url, { redirects }) {
      for (const delay of RETRY_DELAYS_MS) {
        try {
          return await follow(url, redirects)
        } catch (thrown) {
          if (!mayPass(thrown)) throw thrown
        }
        await sleep(delay, undefined, { signal }).catch(() => undefined)
        signal.throwIfAborted()
      }
      return follow(url, redirects)
    },
    close: () => agent.destroy(),
  }

  /** One attempt: from the URL itself, along its redirects, to a document. */
  async function follow(start: URL, redirects: number): Promise<FetchedDocument> {
    let url = start
    for (let left = redirects; ; left--) {
      const answer = await ask(url)
      if ('body' in answer) return answer
      if (left === 0) throw new StsError('issuer_redirect_refused')
      url = readRedirect(answer.location, url)
      if (!isFetchable(url, reach)) throw new StsError('issuer_redirect_refused')
    }
  }

  async function ask(url: URL): Promise<FetchedDocument | { readonly location: string }> {
    try {
      const response = await agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: 'GET',
        headers: { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'github-sts' },
        signal,
      })
      try {
        return await readResponse(response)
      } finally {
        // What was not read is not wanted, and an abandoned body may still fail.
        response.body.on('error', () => undefined).destroy()
      }
    } catch (thrown) {
      signal.throwIfAborted()
      throw thrown instanceof StsError ? thrown : networkError(thrown)
    }
  }
}

/** Whether a URL is of a kind that may be asked at all: https (or what `reach` opens), no user info. */
export function isFetchable(url: URL, reach: Reach): boolean {
  if (url.username !== '' || url.password !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && reach(url).plainHttp)
}

async function readResponse(
  response: Dispatcher.ResponseData,
): Promise<FetchedDocument | { readonly location: string }> {
  const { statusCode: status, headers, body } = response
  if (REDIRECT_STATUSES.includes(status)) return { location: single(headers['location']) ?? '' }
  if (status === 429 || (status >= 500 && status !== 501)) {
    throw new StsError('issuer_unavailable', { detail: { status } })
  }
  if (status !== 200) throw new StsError('issuer_status', { detail: { status } })
  const maxAge = /(?:^|[\s,])max-age="?(\d{1,9})\b/i.exec(single(headers['cache-control']) ?? '')?.[1]
  return {
    body: await readBody(body, single(headers['content-encoding'])),
    maxAgeSeconds: maxAge === undefined ? undefined : Number(maxAge),
  }
}

/** The target of a redirect (RFC 9110, section 10.2.2). */
function readRedirect(location: string, base: URL): URL {
  if (location === '' || !URL.canParse(location, base.href)) throw new StsError('issuer_redirect_refused')
  return new URL(location, base)
}

/** A header as one value; several count as a list (RFC 9110, section 5.3). */
function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value
}

/** Whether asking again may help. That a name does not exist is an answer, not a failure. */
function mayPass(thrown: unknown): boolean {
  if (!(thrown instanceof StsError) || thrown.code !== 'ISSUER_UNREACHABLE') return false
  return thrown.reason !== 'issuer_timeout' && thrown.detail['code'] !== 'ENOTFOUND'
}
