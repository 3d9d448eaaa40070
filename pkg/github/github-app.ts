import type { Dispatcher } from 'undici'
import type { Reason } from '#pkg/errors'
import type { Signer } from '#pkg/signer'
import type { CacheName, CacheResult, TraceContext } from '#pkg/telemetry'
import type { MintedToken } from './minted-token.ts'
import { isJsonObject, isPositiveInteger, readJson, refused } from './answer.ts'
import { createAppCaller } from './app-caller.ts'
import { createAppJwt } from './app-jwt.ts'
import { createBackground } from './background.ts'
import type { CallObserver } from './call-event.ts'
import { createGitHubClient } from './github-client.ts'
import { createGitHubReviews, type GitHubReviews } from './github-reviews.ts'
import type { Grant } from './grant.ts'
import { createHookDeliveries, type DeliveryListing, type ListDeliveriesOptions } from './hook-deliveries.ts'
import { createInstallationDirectory, type FindOptions } from './installation-directory.ts'
import { requireSameAccount, type Installation, type RepositoryName } from './installation.ts'
import { pause, type Pause } from './pause.ts'
import { createGitHubLimits, type GitHubLimits } from './quota/github-limits.ts'
import { createReadTokens } from './read-tokens.ts'
import {
  createRepositoryContents,
  type FileRead,
  type FileRequest,
  type FolderRead,
  type ReadFileOptions,
} from './repository-contents.ts'
import { createRepositoryVisibility } from './repository-visibility.ts'
import { createReviewTokens } from './review-tokens.ts'
import { createTokenMinter } from './token-minter.ts'
import { createTokenRevoker, type RevocableToken } from './token-revoker.ts'

/** The time of one call to GitHub, the wait for a connection included. */
const CALL_TIMEOUT_MS = 10_000

/** A token for all of an installation is minted only if the installation was confirmed within this. */
const ALL_REPOSITORIES_CONFIRMED_MS = 60_000

export interface GitHubAppOptions {
  /** App id or client id. */
  readonly appId: string
  readonly signer: Signer
  /** Of the REST API: `https://api.github.com`, or `https://HOST/api/v3`. */
  readonly baseUrl: string
  /** Connections to GitHub, shared by all Apps and closed by whoever made them; see `createConnectionPool`. */
  readonly dispatcher: Dispatcher
  /** What GitHub allows, shared by all Apps. Default: its own, without secondary limits. */
  readonly limits?: GitHubLimits
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number
  /** Default: a timer. */
  readonly pause?: Pause
  /** Of one call, in milliseconds. Default: 10,000. */
  readonly callTimeoutMs?: number
  readonly onCall?: CallObserver
  /** Told of every lookup what was known before it. Must neither throw nor wait. */
  readonly onLookup?: LookupObserver
}

export type LookupObserver = (
  cache: Extract<CacheName, 'installation' | 'read_token'>,
  result: CacheResult,
) => void

export interface MintTokenRequest {
  readonly grant: Grant
  readonly installation: Installation
  /** Where the policy was read: whose installation, and the repository by which it is looked up again. */
  readonly target: RepositoryName
  /** Where the one request stands that the token is for. */
  readonly trace?: TraceContext | undefined
}

/** One GitHub App: everything that the service says to GitHub as this App, or with its tokens. */
export interface GitHubApp {
  readonly appId: string
  /** The number by which GitHub's deliveries name the App; undefined until `checkKey` has succeeded for a client id. */
  readonly numericId: string | undefined
  /** The installation that serves the owner of `target`. See `InstallationDirectory.find`. */
  findInstallation(target: RepositoryName, options: FindOptions): Promise<Installation>
  /** Drops what is known of an owner, when something says that it has changed. */
  forgetOwner(owner: string): void
  /** Drops and revokes the service's own tokens for a repository, when something says that it has changed. */
  forgetRepository(target: RepositoryName): void
  /** A file on the default branch. See `RepositoryContents.read`. */
  readFile(file: FileRequest, options: ReadFileOptions): Promise<FileRead>
  /** A directory on the default branch. See `RepositoryContents.list`. */
  listFolder(folder: Omit<FileRequest, 'etag'>, options: ReadFileOptions): Promise<FolderRead>
  /**
   * A new token, for one caller. See `TokenMinter.mint`. For all repositories of an installation, an installation
   * that was not confirmed within 60 s is looked up first.
   */
  mintToken(request: MintTokenRequest, options: { readonly signal: AbortSignal }): Promise<MintedToken>
  /** What the review of policies says to GitHub. */
  readonly reviews: GitHubReviews
  /** What GitHub has delivered to the App's webhook. See `HookDeliveries.list`. */
  listDeliveries(options: ListDeliveriesOptions): Promise<DeliveryListing>
  /** Another attempt at a delivery, by its id. See `HookDeliveries.redeliver`. */
  redeliver(id: string, options: { readonly signal: AbortSignal }): Promise<void>
  /** Whether the token is dead now. Never rejects; its end is waited for by `close`. */
  revokeToken(token: RevocableToken): Promise<boolean>
  /** Why this App cannot serve, as the last call has shown: `app_key_refused`, `app_key_unavailable`; else undefined. */
  readonly problem: Reason | undefined
  /**
   * Asks GitHub whether it takes the App's key; sets `problem`.
   *
   * @throws StsError `app_key_refused`, `app_key_unavailable`, or a failure to ask.
   */
  checkKey(options: { readonly signal: AbortSignal }): Promise<void>
  /** Revokes the service's own tokens and waits for what is still being revoked, at most `graceMs`. */
  close(graceMs: number): Promise<void>
}

export function createGitHubApp(options: GitHubAppOptions): GitHubApp {
  const { appId, onCall, onLookup, now = Date.now } = options
  const limits = options.limits ?? createGitHubLimits({ now, secondary: false })
  const client = createGitHubClient({
    baseUrl: options.baseUrl,
    dispatcher: options.dispatcher,
    gate: limits.gate,
    callTimeoutMs: options.callTimeoutMs ?? CALL_TIMEOUT_MS,
    now,
    pause: options.pause ?? pause,
    onCall: (call) => {
      const event = { ...call, appId }
      limits.observe(event)
      onCall?.(event)
    },
  })
  let numericId = /^\d+$/.test(appId) ? appId : undefined
  const parts = { client, limits, now, pause: options.pause ?? pause, background: createBackground() }
  const caller = createAppCaller({ client, now, jwt: createAppJwt({ appId, signer: options.signer, now }) })
  const directory = createInstallationDirectory({
    caller,
    now,
    onLookup:
      onLookup &&
      ((result) => {
        onLookup('installation', result)
      }),
  })
  const revoker = createTokenRevoker(parts)
  const minter = createTokenMinter({ ...parts, caller, directory, revoker })
  const readTokens = createReadTokens({
    ...parts,
    minter,
    revoker,
    onLookup:
      onLookup &&
      ((result) => {
        onLookup('read_token', result)
      }),
  })
  const contents = createRepositoryContents({ ...parts, directory, readTokens })
  const reviewTokens = createReviewTokens({ ...parts, minter, revoker, directory })
  const visibility = createRepositoryVisibility({ ...parts, caller, minter, revoker })
  const deliveries = createHookDeliveries({ caller })

  return {
    appId,
    get numericId() {
      return numericId
    },
    get problem() {
      return caller.problem
    },
    findInstallation: (target, find) => directory.find(target, find),
    forgetOwner: (owner) => {
      directory.forget(owner)
    },
    forgetRepository: (target) => {
      readTokens.forget(target)
      reviewTokens.forget(target)
    },
    readFile: (file, read) => contents.read(file, read),
    listFolder: (folder, read) => contents.list(folder, read),
    async mintToken({ grant, installation: known, target, trace }, { signal }) {
      const isConfirmed =
        grant.repositories !== 'all' || now() - known.confirmedAt < ALL_REPOSITORIES_CONFIRMED_MS
      const installation = isConfirmed
        ? known
        : await directory.find(target, { signal, maxAgeMs: ALL_REPOSITORIES_CONFIRMED_MS })
      requireSameAccount(known, installation)
      const token = await minter.mint({
        operation: 'mint_token',
        grant,
        target,
        installation,
        signal,
        trace,
      })
      directory.protect(target.owner)
      readTokens.protect(target)
      return token
    },
    reviews: createGitHubReviews({ ...parts, directory, reviewTokens, visibility }),
    listDeliveries: (list) => deliveries.list(list),
    redeliver: (id, attempt) => deliveries.redeliver(id, attempt),
    revokeToken: (token) => revoker.revoke(token),
    async checkKey({ signal }) {
      const answer = await caller.call({
        operation: 'check_key',
        method: 'GET',
        path: '/app',
        repeatable: true,
        signal,
      })
      if (answer.status !== 200) throw refused('check_key', answer)
      const body = readJson(answer, 'check_key')
      if (isJsonObject(body) && isPositiveInteger(body['id'])) numericId = String(body['id'])
    },
    async close(graceMs) {
      readTokens.close()
      reviewTokens.close()
      await parts.background.drain(graceMs)
    },
  }
}
