import { StsError, type Reason } from '#pkg/errors'
import type { AppJwt } from './app-jwt.ts'
import type { GitHubAnswer, GitHubClient, GitHubRequest } from './github-client.ts'
import { dateOf } from './rate-limit.ts'

/** While GitHub refuses the App's key, a new JWT is signed at most this often. */
const REFUSED_RENEWAL_INTERVAL_MS = 30_000

/** A 401 whose message names a time claim: our clock and GitHub's disagree. */
const CLOCK_CLAIM = /\b(?:exp|iat)\b/

/** Calls GitHub as the App itself. */
export interface AppCaller {
  /**
   * As `GitHubClient.call`, authorized by the App JWT. A 401 is met by one repetition with a new JWT, on
   * GitHub's clock if the message names `exp` or `iat`.
   *
   * @throws StsError `app_key_refused` when GitHub refuses that one too; `app_key_unavailable`.
   */
  call(request: Omit<GitHubRequest, 'authorization'>): Promise<GitHubAnswer>
  /** Why the App cannot be used, as far as the last call has shown. */
  readonly problem: Reason | undefined
}

export interface AppCallerOptions {
  readonly client: GitHubClient
  readonly jwt: AppJwt
  readonly now: () => number
}

export function createAppCaller({ client, jwt, now }: AppCallerOptions): AppCaller {
  let problem: Reason | undefined
  let renewedAt = Number.NEGATIVE_INFINITY

  async function usable(token: Promise<string>): Promise<string> {
    try {
      return await token
    } catch (error) {
      if (error instanceof StsError && error.reason === 'app_key_unavailable') problem = error.reason
      throw error
    }
  }

  /** One call with `token`, and whether GitHub took it. */
  async function attempt(
    request: Omit<GitHubRequest, 'authorization'>,
    token: string,
  ): Promise<{ readonly accepted: boolean; readonly answer: GitHubAnswer }> {
    const answer = await client.call({ ...request, authorization: `Bearer ${token}` })
    const accepted = answer.status !== 401
    if (accepted) problem = undefined
    return { accepted, answer }
  }

  return {
    get problem() {
      return problem
    },
    async call(request) {
      const token = await usable(jwt.get(request.signal))
      const first = await attempt(request, token)
      if (first.accepted) return first.answer

      if (problem !== 'app_key_refused' || now() - renewedAt >= REFUSED_RENEWAL_INTERVAL_MS) {
        renewedAt = now()
        const githubTime = dateOf(first.answer)
        if (githubTime !== undefined && CLOCK_CLAIM.test(first.answer.message)) jwt.setClock(githubTime)
        const second = await attempt(request, await usable(jwt.renew(token, request.signal)))
        if (second.accepted) return second.answer
      }
      problem = 'app_key_refused'
      throw new StsError('app_key_refused', { detail: { operation: request.operation } })
    },
  }
}
