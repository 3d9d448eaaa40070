import { createGitHubLimits, rankApps, type AppCandidate, type CallEvent } from '#pkg/github'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits */
const MINTS_PER_MINUTE = 180

/** A policy is read again after this. */
const POLICY_FRESH_MS = MINUTE_MS

const FLOORS = { hardFloor: 1_500, softFloor: 5_000 }

/** An installation as GitHub knows it. */
export interface ModelApp {
  /** Requests an hour. */
  readonly limit: number
  readonly remaining: number
  /** Milliseconds from the beginning. */
  readonly resetAfterMs: number
}

export interface SchedulerLoad {
  readonly apps: readonly ModelApp[]
  readonly exchanges: number
  readonly durationMs: number
  /** Repositories among which the exchanges are spread. */
  readonly repositories: number
  /** Requests that a caller makes with its token, at least 1 and at most this. */
  readonly useMax: number
  /** Exchanges of these that come together, every ten minutes. */
  readonly burst: number
}

export interface SchedulerResult {
  /** Exchanges that got no token of use. */
  readonly refused: number
  /** Those of a scheduler that sees GitHub's own counts. */
  readonly refusedByPerfect: number
  /** Mints that GitHub refused, which should never have been asked for. */
  readonly refusedByGitHub: number
  /** Exchanges that each App served. */
  readonly served: readonly number[]
}

/** What one exchange needs. */
interface ModelExchange {
  readonly at: number
  readonly repository: number
  readonly use: number
}

/** GitHub's own counts of one installation. */
interface Counts {
  mayMint(time: number): boolean
  mint(time: number): void
  remaining(time: number): number
  use(time: number, requests: number): void
  quota(time: number): { readonly limit: number; readonly remaining: number; readonly resetAt: number }
}

/** Runs the exchanges against a GitHub with budgets, in simulated time; the same `seed` gives the same result. */
export async function runSchedulerModel(load: SchedulerLoad, seed: number): Promise<SchedulerResult> {
  const exchanges = exchangesOf(load, createRandom(seed))
  return {
    ...(await runScheduler(load, exchanges, createRandom(seed + 1))),
    refusedByPerfect: runPerfect(load, exchanges),
  }
}

async function runScheduler(
  load: SchedulerLoad,
  exchanges: readonly ModelExchange[],
  random: () => number,
): Promise<Omit<SchedulerResult, 'refusedByPerfect'>> {
  let time = 0
  const limits = createGitHubLimits({ now: () => time, secondary: true })
  const candidates = load.apps.map((app, index) => ({
    appId: String(index + 1),
    installationId: index + 1,
    index,
    counts: createCounts(app),
  }))
  type Candidate = (typeof candidates)[number]
  /** By repository: when its policy was read, and by whom. */
  const reads = new Map<number, { readonly at: number; readonly reader: Candidate }>()
  const served = candidates.map(() => 0)
  let refused = 0
  let refusedByGitHub = 0

  const firstFree = (explore: boolean): Candidate | undefined => {
    const [first] = rankApps(candidates, limits, { ...FLOORS, random, explore })
    return first?.waitMs === 0 ? first.candidate : undefined
  }
  const read = (repository: number): void => {
    const before = reads.get(repository)?.reader
    // Who has read it before has a copy to confirm, which costs nothing. Others are asked when that tells what they have left.
    const isKept =
      before !== undefined &&
      limits.waitMs(before) === 0 &&
      candidates.every(({ installationId }) => limits.quotaOf(installationId) !== undefined)
    const reader = isKept ? before : firstFree(true)
    if (reader === undefined) return
    reads.set(repository, { at: time, reader })
    if (reader !== before) reader.counts.use(time, 1)
    limits.observe({ ...eventOf(reader), quota: reader.counts.quota(time) })
  }
  const mint = async (): Promise<Candidate | undefined> => {
    for (let app = firstFree(false); app !== undefined; app = firstFree(false)) {
      await limits.spend('mint', app.installationId, {
        pause: () => Promise.reject(new Error('an App that is free has no wait')),
        signal: new AbortController().signal,
      })
      if (app.counts.mayMint(time)) return app
      refusedByGitHub++
      const refusal = { ...eventOf(app), installationId: undefined, retryAfterMs: MINUTE_MS }
      limits.observe(refusal)
    }
    return undefined
  }

  for (const exchange of exchanges) {
    time = exchange.at
    const { repository, use } = exchange
    if (time - (reads.get(repository)?.at ?? -Infinity) >= POLICY_FRESH_MS) read(repository)
    const app = await mint()
    if (app === undefined || app.counts.remaining(time) < use) {
      refused++
      continue
    }
    app.counts.mint(time)
    app.counts.use(time, use)
    served[app.index] = (served[app.index] ?? 0) + 1
  }
  return { refused, refusedByGitHub, served }
}

/** Takes the App that has most left, by GitHub's own counts. */
function runPerfect(load: SchedulerLoad, exchanges: readonly ModelExchange[]): number {
  const apps = load.apps.map(createCounts)
  let refused = 0
  for (const { at, use } of exchanges) {
    const [best] = apps
      .filter((counts) => counts.mayMint(at) && counts.remaining(at) >= use)
      .toSorted((a, b) => b.remaining(at) - a.remaining(at))
    if (best === undefined) refused++
    best?.mint(at)
    best?.use(at, use)
  }
  return refused
}

function createCounts(app: ModelApp): Counts {
  let mints: number[] = []
  let { remaining } = app
  let resetAt = app.resetAfterMs
  const settle = (time: number): void => {
    while (time >= resetAt) {
      remaining = app.limit
      resetAt += HOUR_MS
    }
  }
  return {
    mayMint(time) {
      mints = mints.filter((at) => time - at < MINUTE_MS)
      return mints.length < MINTS_PER_MINUTE
    },
    mint: (time) => void mints.push(time),
    remaining(time) {
      settle(time)
      return remaining
    },
    use(time, requests) {
      settle(time)
      remaining = Math.max(0, remaining - requests)
    },
    quota(time) {
      settle(time)
      return { limit: app.limit, remaining, resetAt }
    },
  }
}

function exchangesOf(load: SchedulerLoad, random: () => number): readonly ModelExchange[] {
  const bursts = Math.floor(load.durationMs / (10 * MINUTE_MS))
  const inBursts = bursts * load.burst
  return Array.from({ length: load.exchanges }, (_, n) => ({
    at: Math.floor(
      n < inBursts
        ? (Math.floor(n / load.burst) + random() / 300) * 10 * MINUTE_MS
        : random() * load.durationMs,
    ),
    repository: Math.floor(random() * load.repositories),
    use: 1 + Math.floor(random() * load.useMax),
  })).toSorted((a, b) => a.at - b.at)
}

function eventOf({ appId, installationId }: AppCandidate): CallEvent {
  return {
    appId,
    installationId,
    operation: 'read_file',
    method: 'GET',
    status: 200,
    failure: undefined,
    durationMs: 0,
    quota: undefined,
    retryAfterMs: undefined,
  }
}

/** The linear congruential generator of Numerical Recipes: enough to spread a load, and the same everywhere. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
