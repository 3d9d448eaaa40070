import { StsError } from '#pkg/errors'
import type { TraceContext } from '#pkg/telemetry'
import type { GitHubApp } from '../github-app.ts'
import type { Grant } from '../grant.ts'
import type { FindOptions } from '../installation-directory.ts'
import { requireSameAccount, type Installation, type RepositoryName } from '../installation.ts'
import type { MintedToken } from '../minted-token.ts'
import type { GitHubLimits } from '../quota/github-limits.ts'
import { rankApps, type RankedApp } from '../quota/rank-apps.ts'
import type { FileRead, FileRequest, FolderRead, ReadFileOptions } from '../repository-contents.ts'
import { createAppFinder, type InstallationObserver, type InstalledApp } from './app-finder.ts'
import { createGrantRefusals } from './grant-refusals.ts'
import { isGone, isOfOneApp, worseFailure } from './pool-failure.ts'
import { createPoolReader, requireUnblocked, type OpenedApps } from './pool-reader.ts'
import { orderByRendezvous, type StickyRoutes } from './sticky-routes.ts'

/** Apps that are asked for one token. */
const MINT_TRIES_MAX = 3

/** When to come back for an App that none of these tries was given to, in milliseconds. */
const UNTRIED_RETRY_MS = 1_000

/** A token for one caller, and the App that made it. */
export interface PooledToken {
  readonly token: MintedToken
  readonly app: GitHubApp
}

export interface PooledMintRequest {
  readonly grant: Grant
  /** Where the policy was read. */
  readonly target: RepositoryName
  /** Where the one request stands that the token is for. */
  readonly trace?: TraceContext | undefined
  /** Of a request whose tokens have to come from one and the same App: the key of its route. */
  readonly route?: string | undefined
}

/** The Apps of an owner, for one exchange. */
export interface OpenPool {
  /** Of the account that the owner's name stands for now. */
  readonly accountId: number
  /** What is known until a token is made. */
  readonly appId: string
  readonly installation: Installation
  /**
   * A file, by the first App that can see the repository. `unreadable`: none can, and none failed otherwise.
   *
   * @throws StsError as `RepositoryContents.read`: of several failures the most telling one.
   */
  readFile(file: Omit<FileRequest, 'installation'>, options: ReadFileOptions): Promise<FileRead>
  /** A directory, likewise. */
  listFolder(
    folder: Omit<FileRequest, 'installation' | 'etag'>,
    options: ReadFileOptions,
  ): Promise<FolderRead>
  /**
   * A token, by the App with most of its rate limit left, or by another (three tries) when it is limited, gone or may not.
   * With a route: by the App that made the tokens before, and by another only when that one is gone.
   *
   * @throws StsError as `TokenMinter.mint`; `github_rate_limited` with the wait until the first App may be used again.
   */
  mintToken(request: PooledMintRequest, options: { readonly signal: AbortSignal }): Promise<PooledToken>
}

/** The Apps that serve one owner, as one. */
export interface AppPool {
  /**
   * Finds the Apps that the owner has installed.
   *
   * @throws StsError as `InstallationDirectory.find`.
   */
  open(target: RepositoryName, options: FindOptions): Promise<OpenPool>
}

export interface AppPoolOptions {
  /** At least one, in the operator's order. */
  readonly apps: readonly GitHubApp[]
  readonly limits: GitHubLimits
  /** Requests left of an hour: see `RankOptions`. */
  readonly quota: { readonly hardFloor: number; readonly softFloor: number }
  /** Undefined: routes are not remembered, and replicas choose alike by themselves. */
  readonly routes?: StickyRoutes | undefined
  /** Told of a route whose App is gone. */
  readonly onReassigned?: ((appId: string) => void) | undefined
  readonly onInstalled?: InstallationObserver | undefined
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** From 0 to 1. */
  readonly random: () => number
}

export function createAppPool(options: AppPoolOptions): AppPool {
  const { apps, limits, quota, routes, onReassigned, now, random } = options
  const finder = createAppFinder({ apps, now, onInstalled: options.onInstalled })

  function rank(candidates: readonly InstalledApp[], explore: boolean): readonly RankedApp<InstalledApp>[] {
    return rankApps(candidates, limits, { ...quota, random, explore })
  }
  const reader = createPoolReader({ finder, limits, rank: (candidates) => rank(candidates, true) })
  const refusals = createGrantRefusals(now)

  function openOne(installed: InstalledApp): OpenPool {
    const { app, appId, installation } = installed
    return {
      accountId: installation.account.id,
      appId,
      installation,
      readFile: (file, read) => app.readFile({ ...file, installation }, read),
      listFolder: (folder, read) => app.listFolder({ ...folder, installation }, read),
      mintToken: async (request, mint) => ({
        token: await app.mintToken({ ...request, installation }, mint),
        app,
      }),
    }
  }

  function openSeveral(opened: OpenedApps, first: InstalledApp): OpenPool {
    const { apps: candidates } = opened
    // One that is suspended serves nobody, like one that is missing.
    const unasked = opened.unasked.filter(({ error }) => !isGone(error))
    const failure = unasked.map(({ error }) => error).reduce<StsError | undefined>(worseFailure, undefined)

    async function mintBy(
      candidate: InstalledApp,
      request: PooledMintRequest,
      signal: AbortSignal,
    ): Promise<PooledToken> {
      const { app, installation } = candidate
      requireSameAccount(first.installation, installation)
      return { token: await app.mintToken({ ...request, installation }, { signal }), app }
    }

    async function mintByQuota(request: PooledMintRequest, signal: AbortSignal): Promise<PooledToken> {
      let left = candidates
      let worst: StsError | undefined
      for (let tries = 0; tries < MINT_TRIES_MAX && left.length > 0; tries++) {
        const [best] = refusals.putLast(request.grant, rank(left, false))
        if (best === undefined) break
        const { candidate, waitMs } = best
        if (waitMs > 0) {
          worst = worseFailure(worst, new StsError('github_rate_limited', { retryAfterMs: waitMs }))
          break
        }
        left = left.filter((each) => each !== candidate)
        try {
          return await mintBy(candidate, request, signal)
        } catch (error) {
          if (signal.aborted || !isOfOneApp(error)) throw error
          if (error.reason === 'permission_not_granted') refusals.add(request.grant, candidate)
          worst = worseFailure(worst, error)
        }
      }
      // Who was not tried may serve the next call.
      const [untried] = rank(left, false)
      if (worst?.reason === 'github_rate_limited' && untried !== undefined) {
        const retryAfterMs = Math.max(untried.waitMs, UNTRIED_RETRY_MS)
        worst = worseFailure(worst, new StsError('github_rate_limited', { retryAfterMs }))
      }
      throw failureToMint(worst)
    }

    /** That those who could be asked are gone, or may not, proves nothing of the others. */
    function failureToMint(worst: StsError | undefined): StsError {
      if (failure === undefined) return worst ?? new StsError('installation_missing')
      const isFinal = worst === undefined || isGone(worst) || worst.reason === 'permission_not_granted'
      return isFinal ? failure : worseFailure(worst, failure)
    }

    /**
     * Only an App that is gone gives way to another: one that is limited comes back. One that has not served the route gives
     * way too when it may not make the token: it may lack the repository.
     */
    async function mintByRoute(
      key: string,
      request: PooledMintRequest,
      signal: AbortSignal,
    ): Promise<PooledToken> {
      const known = await routes?.find(key)
      let left = candidates
      let candidate = await findRoute(key, request.grant, known)
      let holder = candidate?.appId
      for (let worst: StsError | undefined; ;) {
        if (candidate === undefined || candidates.length - left.length >= MINT_TRIES_MAX) {
          if (known === undefined && holder !== undefined) routes?.release(key, holder)
          throw failureToMint(worst)
        }
        const current = candidate
        try {
          requireUnblocked(limits, current)
          const minted = await mintBy(current, request, signal)
          if (current.appId === known) routes?.renew(key, known)
          return minted
        } catch (error) {
          if (signal.aborted || !(error instanceof StsError)) throw error
          const isRefused = error.reason === 'permission_not_granted' && current.appId !== known
          if (isRefused) refusals.add(request.grant, current)
          else if (!isGone(error)) throw error
          worst = worseFailure(worst, error)
          left = left.filter((each) => each !== current)
          candidate = await replaceRoute(key, request.grant, current.appId, left)
          holder = candidate?.appId ?? holder
        }
      }
    }

    async function findRoute(
      key: string,
      grant: Grant,
      known: string | undefined,
    ): Promise<InstalledApp | undefined> {
      if (routes === undefined) return routeAlike(key, grant, candidates)
      if (known !== undefined) {
        requireAsked(known)
        return (
          candidates.find(({ appId }) => appId === known) ??
          (await replaceRoute(key, grant, known, candidates))
        )
      }
      const ranked = refusals.putLast(grant, rank(candidates, false))
      const [best = first] = ranked.map(({ candidate }) => candidate)
      const claimed = await routes.claim(key, best.appId)
      if (claimed === undefined) return routeAlike(key, grant, candidates)
      requireAsked(claimed)
      return candidates.find(({ appId }) => appId === claimed) ?? best
    }

    async function replaceRoute(
      key: string,
      grant: Grant,
      gone: string,
      left: readonly InstalledApp[],
    ): Promise<InstalledApp | undefined> {
      if (routes === undefined) return routeAlike(key, grant, left)
      const [next] = orderByRendezvous(key, left)
      if (next === undefined) return undefined
      const chosen = await routes.replace(key, gone, next.appId)
      if (chosen === next.appId) onReassigned?.(chosen)
      return left.find(({ appId }) => appId === chosen) ?? next
    }

    /** As every replica chooses that sees the same Apps. */
    function routeAlike(key: string, grant: Grant, left: readonly InstalledApp[]): InstalledApp | undefined {
      // Each replica is refused alike, whether it remembers that or asks.
      const willing = left.filter((each) => !refusals.has(grant, each))
      const [next] = orderByRendezvous(key, [...(willing.length > 0 ? willing : left), ...unasked])
      if (next === undefined || 'app' in next) return next
      throw next.error
    }

    /** Not knowing whether an App is there does not make it gone. */
    function requireAsked(appId: string): void {
      const found = unasked.find((each) => each.appId === appId)
      if (found !== undefined) throw found.error
    }

    return {
      accountId: first.installation.account.id,
      appId: first.appId,
      installation: first.installation,
      readFile: (file, read) =>
        reader.read(opened, {
          place: file,
          ask: ({ app, installation }) => app.readFile({ ...file, installation }, read),
          signal: read.signal,
        }),
      listFolder: (folder, read) =>
        reader.read(opened, {
          place: folder,
          ask: ({ app, installation }) => app.listFolder({ ...folder, installation }, read),
          signal: read.signal,
        }),
      mintToken: (request, { signal }) =>
        request.route === undefined
          ? mintByQuota(request, signal)
          : mintByRoute(request.route, request, signal),
    }
  }

  return {
    async open(target, find) {
      const found = await finder.find(target, find)
      const [first] = found.apps
      if (first === undefined) throw new StsError('installation_missing')
      return apps.length === 1 ? openOne(first) : openSeveral({ ...found, target }, first)
    },
  }
}
