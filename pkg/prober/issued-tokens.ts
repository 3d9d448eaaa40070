import { ClientError, revokeToken, type Fetch, type Revocation } from '#pkg/client'
import { mapConcurrently } from '#pkg/store'

import { describe } from './finding.ts'
import type { GitHubCall } from './github-calls.ts'

/** https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-an-installation-access-token-for-a-github-app */
const TOKEN_LIFETIME_MS = 3_600_000

/** Tokens that are kept to be revoked later, while GitHub cannot be reached; the oldest expire first. */
const TOKENS_MAX = 64
const REVOCATIONS_AT_ONCE = 8

/** Until then a token that is not known may just be so new that it is not known everywhere. */
const KNOWN_EVERYWHERE_MS = 30_000

/** GitHub may take a revoked token somewhere for a moment still. */
const USE_ATTEMPTS_MAX = 4
const USE_PAUSE_MS = 500

/**
 * - `dead`: revoked, and a use of it afterwards was refused.
 * - `unproved`: whether it can still be used could not be seen.
 * - `alive`: it can be used although GitHub said that it is revoked.
 * - `not_revoked`: it could not be revoked; it will be tried again.
 */
export type RevocationState = 'dead' | 'unproved' | 'alive' | 'not_revoked'

export interface RevocationEnd {
  readonly state: RevocationState
  /** In one line, without secrets. */
  readonly detail: string
}

/** The installation tokens that a prober has been given and that may be alive. */
export interface IssuedTokens {
  /** Takes a token, at the moment in which it is there. */
  add(token: string): void
  /** Revokes one of them now. Never rejects. */
  revoke(token: string, signal: AbortSignal): Promise<RevocationEnd>
  /** Revokes all, those of earlier runs too. Never rejects. */
  revokeAll(signal: AbortSignal): Promise<readonly RevocationEnd[]>
}

export interface IssuedTokensOptions {
  readonly gitHubUrl: string
  readonly fetch: Fetch
  /** A call that a living token is allowed to make. */
  readonly use: GitHubCall
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly pause: (ms: number) => Promise<void>
}

export function createIssuedTokens(options: IssuedTokensOptions): IssuedTokens {
  const { gitHubUrl, fetch, use, now, pause } = options
  const obtainedAt = new Map<string, number>()

  async function revoke(token: string, signal: AbortSignal): Promise<RevocationEnd> {
    let end: RevocationEnd
    let revocation: Revocation
    try {
      revocation = await revokeToken({ gitHubUrl, token }, { signal, fetch, pause })
      end = await proveDead(token, signal)
      if (revocation === 'invalid') end = judgeUnknown(end, now() - (obtainedAt.get(token) ?? now()))
    } catch (thrown) {
      return { state: 'not_revoked', detail: `not revoked, ${describe(thrown)}` }
    }
    if (end.state === 'dead' || (end.state === 'unproved' && revocation === 'revoked')) {
      obtainedAt.delete(token)
    }
    return end
  }

  async function proveDead(token: string, signal: AbortSignal): Promise<RevocationEnd> {
    for (let attempt = 1; ; attempt++) {
      let problem: string
      try {
        const { status } = await use(token, signal)
        if (status === 401) return { state: 'dead', detail: 'revoked, and refused afterwards' }
        if (status < 300 && attempt === USE_ATTEMPTS_MAX) {
          return { state: 'alive', detail: `GitHub takes the token after its revocation (HTTP ${status})` }
        }
        problem = `HTTP ${status}`
      } catch (thrown) {
        problem = thrown instanceof ClientError ? thrown.kind : describe(thrown)
      }
      if (attempt === USE_ATTEMPTS_MAX || signal.aborted) {
        return { state: 'unproved', detail: `revoked; a use afterwards proves nothing (${problem})` }
      }
      await pause(USE_PAUSE_MS)
    }
  }

  return {
    add(token) {
      obtainedAt.set(token, now())
      for (const [known, since] of obtainedAt) {
        const isExpired = now() - since >= TOKEN_LIFETIME_MS
        if (isExpired || obtainedAt.size > TOKENS_MAX) obtainedAt.delete(known)
      }
    },
    revoke,
    revokeAll: (signal) =>
      mapConcurrently([...obtainedAt.keys()], REVOCATIONS_AT_ONCE, (token) => revoke(token, signal)),
  }
}

/** What is known of a token that GitHub did not know when it was to be revoked, `ageMs` after it was made. */
function judgeUnknown(use: RevocationEnd, ageMs: number): RevocationEnd {
  if (use.state === 'alive') return { state: 'not_revoked', detail: 'not revoked, and taken by GitHub' }
  if (use.state === 'dead' && ageMs >= KNOWN_EVERYWHERE_MS) {
    return { state: 'dead', detail: 'not known to GitHub any more' }
  }
  return { state: 'unproved', detail: 'GitHub does not know the token, which may be too new' }
}
