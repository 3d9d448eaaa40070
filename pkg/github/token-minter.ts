import { createHash } from 'node:crypto'
import { StsError } from '#pkg/errors'
import { withDeadline } from '#pkg/store'
import type { TraceContext } from '#pkg/telemetry'
import { readMintedAnswer, type MintedToken } from './minted-token.ts'
import { readJson, refused } from './answer.ts'
import type { AppCaller } from './app-caller.ts'
import type { Operation } from './call-event.ts'
import type { GitHubAnswer } from './github-client.ts'
import { notGranted, type Grant } from './grant.ts'
import type { InstallationDirectory } from './installation-directory.ts'
import { requireSameAccount, type Installation, type RepositoryName } from './installation.ts'
import type { Pause } from './pause.ts'
import type { GitHubLimits } from './quota/github-limits.ts'
import { dateOf } from './rate-limit.ts'
import { resourcePath } from './resource-path.ts'
import type { TokenRevoker } from './token-revoker.ts'

/** An answer lists its repositories in full: up to 500 of them, at some 8 KB each. */
const ANSWER_MAX_BYTES = 8 * 1024 * 1024

/** A token that is not what was asked for is awaited to be dead for this long; revoking goes on after it. */
const REVOKE_WAIT_MS = 3_000

export interface MintRequest {
  readonly operation: Extract<Operation, `mint_${string}`>
  /** Whose installation, and through which repository it is found again when it has gone. */
  readonly target: RepositoryName
  readonly installation: Installation
  readonly grant: Grant
  /** See `ReadFileOptions.isGuess`. Default: false. */
  readonly isGuess?: boolean | undefined
  readonly signal: AbortSignal
  /** Where the one request stands that the token is for. */
  readonly trace?: TraceContext | undefined
}

/** Makes tokens. Each belongs to the one who asked; none is kept or handed out twice. */
export interface TokenMinter {
  /**
   * A new token that is exactly, or less than, the grant.
   *
   * Sent once, and once more only after a 401 (with a new App JWT), after an answer that is not what was asked for
   * (that token is revoked and the installation looked up again), or when the installation has been replaced by
   * another of the same account: what another account grants was never asked of it.
   * Once it was sent, `signal` stops it no more: the token would live on unknown. So whoever aborts `signal` waits
   * for this promise all the same, and revokes what comes.
   *
   * A mint beyond what GitHub allows in a minute waits a little; see `GitHubLimits.spend`.
   *
   * @throws StsError `permission_not_granted` (422) with what is lacking in its detail, `grant_exceeded`,
   * `installation_missing`, `installation_suspended`, `mint_unknown` (a token may have been made that nobody
   * holds) and the failures of `AppCaller.call`.
   */
  mint(request: MintRequest): Promise<MintedToken>
}

export interface TokenMinterOptions {
  readonly caller: AppCaller
  readonly directory: InstallationDirectory
  readonly revoker: TokenRevoker
  readonly limits: Pick<GitHubLimits, 'spend'>
  readonly now: () => number
  readonly pause: Pause
}

type MintResult =
  | { readonly kind: 'minted'; readonly token: MintedToken }
  | { readonly kind: 'exceeded'; readonly token: string; readonly problem: string }
  | { readonly kind: 'gone' | 'forbidden' | 'unprocessable'; readonly answer: GitHubAnswer }

export function createTokenMinter(options: TokenMinterOptions): TokenMinter {
  const { caller, directory, revoker, limits, now, pause } = options

  async function send(request: MintRequest, installation: Installation): Promise<MintResult> {
    const { operation, grant, isGuess = false, signal } = request
    await limits.spend(isGuess ? 'guessed_mint' : 'mint', installation.id, { pause, signal })
    const answer = await caller.call({
      operation,
      method: 'POST',
      owner: request.target.owner,
      path: resourcePath('app', 'installations', installation.id, 'access_tokens'),
      body: grant.body,
      maxBytes: ANSWER_MAX_BYTES,
      repeatable: false,
      signal,
      trace: request.trace,
    })
    switch (answer.status) {
      case 201:
        return judge(request, installation, answer)
      case 403:
        return { kind: 'forbidden', answer }
      case 404:
        return { kind: 'gone', answer }
      case 422:
        return { kind: 'unprocessable', answer }
      default:
        throw refused(operation, answer)
    }
  }

  function judge(request: MintRequest, installation: Installation, answer: GitHubAnswer): MintResult {
    const { operation, grant, target } = request
    const time = now()
    const context = { grant, owner: target.owner, installation, now: time, githubNow: dateOf(answer) ?? time }
    let body: unknown
    try {
      body = readJson(answer, operation)
    } catch (cause) {
      throw new StsError('mint_unknown', { cause, detail: { operation, status: answer.status } })
    }
    const minted = readMintedAnswer(body, context)
    if (minted.ok) return { kind: 'minted', token: minted.token }
    const { problem, token } = minted
    if (token !== undefined) return { kind: 'exceeded', token, problem }
    throw new StsError('mint_unknown', { detail: { operation, status: answer.status, problem } })
  }

  /** Whether the token is known to be dead; when that takes long, revoking goes on in the background. */
  async function revokeNow(token: string, signal: AbortSignal): Promise<boolean> {
    const revoking = revoker.revoke({ token, mintedAt: now() })
    const late = (): StsError => new StsError('github_timeout')
    return await withDeadline({ ms: REVOKE_WAIT_MS, signal, late }, () => revoking).catch(() => false)
  }

  async function mint(
    request: MintRequest,
    installation: Installation,
    isRepeated: boolean,
  ): Promise<MintedToken> {
    const { operation, target, grant, signal } = request
    const result = await send(request, installation)
    if (result.kind === 'minted') return result.token
    if (result.kind === 'unprocessable') throw notGranted(grant, installation.permissions)

    const revoked = result.kind === 'exceeded' ? await revokeNow(result.token, signal) : undefined
    directory.forget(target.owner)
    if (result.kind === 'exceeded' && isRepeated) {
      // By its hash it is found in GitHub's audit log, should it not be dead.
      const tokenSha256 = createHash('sha256').update(result.token).digest('base64')
      const { problem } = result
      throw new StsError('grant_exceeded', { detail: { operation, problem, revoked, tokenSha256 } })
    }
    // Says that it is missing or suspended, if that is why.
    const found = await directory.find(target, { signal })
    requireSameAccount(installation, found)
    if (result.kind === 'forbidden') throw refused(operation, result.answer)
    if (result.kind === 'gone' && (isRepeated || found.id === installation.id)) {
      throw new StsError('installation_missing', { detail: { operation, installation: installation.id } })
    }
    return await mint(request, found, true)
  }

  return {
    async mint(request) {
      try {
        return await mint(request, request.installation, false)
      } catch (error) {
        if (error instanceof StsError && error.reason === 'app_key_refused') {
          directory.forget(request.target.owner)
        }
        throw error
      }
    },
  }
}
