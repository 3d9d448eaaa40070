import { StsError } from '#pkg/errors'
import type { MintedToken } from './minted-token.ts'
import type { Background } from './background.ts'
import type { GitHubClient } from './github-client.ts'
import type { Pause } from './pause.ts'

/** A token that cannot be revoked by then is left to expire. */
const ATTEMPTS_MAX = 3

/** Before the second attempt; doubles before the third. */
const RETRY_DELAY_MS = 1_000

/** A rate limit is waited for up to this; a token lives for an hour, so it is worth it. */
const RETRY_DELAY_MAX_MS = 120_000

/** GitHub may not know a token everywhere yet while it is this young. */
export const FRESH_TOKEN_MS = 10_000

export type RevocableToken = Pick<MintedToken, 'token' | 'mintedAt'>

/** Ends tokens before their time, off the request path. */
export interface TokenRevoker {
  /**
   * Whether the token is dead. Never rejects; gives up after three attempts.
   * https://docs.github.com/rest/apps/installations#revoke-an-installation-access-token
   */
  revoke(token: RevocableToken): Promise<boolean>
}

export interface TokenRevokerOptions {
  readonly client: GitHubClient
  readonly background: Background
  readonly now: () => number
  readonly pause: Pause
}

export function createTokenRevoker({ client, background, now, pause }: TokenRevokerOptions): TokenRevoker {
  async function revoke({ token, mintedAt }: RevocableToken, signal: AbortSignal): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      let delay = RETRY_DELAY_MS * 2 ** (attempt - 1)
      try {
        const { status } = await client.call({
          operation: 'revoke_token',
          method: 'DELETE',
          path: '/installation/token',
          authorization: `token ${token}`,
          repeatable: true,
          signal,
        })
        if (status === 204) return true
        // Dead already; unless it is so young that this part of GitHub may not have heard of it.
        if (status === 401 && (attempt > 1 || now() - mintedAt >= FRESH_TOKEN_MS)) return true
      } catch (error) {
        if (error instanceof StsError) delay = Math.min(error.retryAfterMs ?? delay, RETRY_DELAY_MAX_MS)
      }
      if (attempt === ATTEMPTS_MAX || signal.aborted) return false
      try {
        await pause(delay, signal)
      } catch {
        return false
      }
    }
  }

  return {
    revoke: (token) => background.run((signal) => revoke(token, signal)),
  }
}
