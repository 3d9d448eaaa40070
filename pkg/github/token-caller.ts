import { StsError } from '#pkg/errors'
import { refused } from './answer.ts'
import type { GitHubAnswer, GitHubClient, GitHubRequest } from './github-client.ts'
import type { InstallationDirectory } from './installation-directory.ts'
import type { RepositoryName } from './installation.ts'
import type { MintedToken } from './minted-token.ts'
import type { Pause } from './pause.ts'
import type { RepositoryTokens } from './repository-tokens.ts'
import { FRESH_TOKEN_MS } from './token-revoker.ts'

/** GitHub may refuse a new token for some seconds; a call waits for it this often, about 2 s in all. */
const FRESH_TOKEN_PAUSES_MS: readonly number[] = [200, 600, 1200]

/** A 404 is believed to be an absence if the token was made for this repository no longer ago than this. */
const ABSENCE_TOKEN_MS = 10 * 60_000

export interface TokenCall {
  readonly target: RepositoryName
  readonly token: MintedToken
  readonly request: Omit<GitHubRequest, 'authorization' | 'installationId' | 'owner'>
  /** The token was made after another had failed this call, so there is none to try after it. */
  readonly isRenewed: boolean
  /** What the call asks about was there before, so that a 404 is doubted sooner. Default: false. */
  readonly isExpected?: boolean
}

/** Calls GitHub with tokens of this service that are limited to one repository. */
export interface TokenCaller {
  /**
   * The answer, or undefined when the token has been dropped and a new one should be tried. GitHub is asked again for
   * up to about 2 s while it refuses a token that is new.
   *
   * @throws StsError `installation_missing` when GitHub redirects (a renamed repository is never followed),
   * `github_refused` when it refuses the token, and the failures of `GitHubClient.call`.
   */
  call(call: TokenCall): Promise<GitHubAnswer | undefined>
}

export interface TokenCallerOptions {
  readonly client: GitHubClient
  readonly directory: InstallationDirectory
  readonly tokens: Pick<RepositoryTokens, 'drop'>
  readonly now: () => number
  readonly pause: Pause
}

export function createTokenCaller(options: TokenCallerOptions): TokenCaller {
  const { client, directory, tokens, now, pause } = options

  function ask({ request, token, target }: TokenCall): Promise<GitHubAnswer> {
    return client.call({
      ...request,
      authorization: `token ${token.token}`,
      installationId: token.installation.id,
      owner: target.owner,
    })
  }

  /** As `ask`, with patience for a token that GitHub has only just made. */
  async function askPatiently(call: TokenCall): Promise<GitHubAnswer> {
    let answer = await ask(call)
    for (const ms of FRESH_TOKEN_PAUSES_MS) {
      if (!isTokenRefused(answer) || now() - call.token.mintedAt >= FRESH_TOKEN_MS) break
      await pause(ms, call.request.signal)
      answer = await ask(call)
    }
    return answer
  }

  /**
   * GitHub also answers 404 when the token does not reach the repository: it may have been replaced by another of
   * its name, or taken from the installation, since the token was made. A new token shows which it is.
   */
  function isDoubtfulAbsence({ token, isExpected = false }: TokenCall, { status }: GitHubAnswer): boolean {
    return status === 404 && now() - token.mintedAt >= (isExpected ? FRESH_TOKEN_MS : ABSENCE_TOKEN_MS)
  }

  return {
    async call(call) {
      const { target, token, request, isRenewed } = call
      const isOld = now() - token.mintedAt >= FRESH_TOKEN_MS
      const answer = await askPatiently(call)
      if (isRedirect(answer)) {
        // The name has come to mean another repository than the token was made for.
        tokens.drop(target, token, false)
        directory.forget(target.owner)
        throw new StsError('installation_missing', { detail: { problem: 'the repository was renamed' } })
      }
      if (isDoubtfulAbsence(call, answer) && !isRenewed) {
        tokens.drop(target, token, false)
        return undefined
      }
      if (!isTokenRefused(answer)) return answer

      tokens.drop(target, token, answer.status === 401)
      if (answer.status === 401) directory.forget(target.owner)
      // A token that has served may have been revoked, or its installation replaced; a new one knows.
      if (!isOld || isRenewed) throw refused(request.operation, answer)
      return undefined
    },
  }
}

function isRedirect({ status }: GitHubAnswer): boolean {
  return status >= 300 && status < 400 && status !== 304
}

function isTokenRefused({ status }: GitHubAnswer): boolean {
  return status === 401 || status === 403
}
