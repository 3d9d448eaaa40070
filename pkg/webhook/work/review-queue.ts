import { setMaxListeners } from 'node:events'
import { StsError } from '#pkg/errors'
import type { BranchHead, FileSource, ReviewRequest } from '../event/review-request.ts'
import type { CommitReviewer } from './commit-reviewer.ts'
import { createFinishedCommits } from './finished-commits.ts'
import { isCoveredBy, joinSources, type JobOutcome, type ReviewJob } from './review-job.ts'
import { issueTicket, type IssuedTicket, type ReviewEnd, type Ticket } from './ticket.ts'

/** Commits that are reviewed at a time, and those of one owner. */
const RUNNING_MAX = 16
const RUNNING_PER_OWNER_MAX = 4

/** Commits in hand, waiting for their turn or for GitHub, and those of one owner. Beyond, deliveries are refused and come again. */
const COMMITS_MAX = 2_000
const COMMITS_PER_OWNER_MAX = 200

/** A shorter wait is not told: it is over by the time that the delivery has to be answered, or soon after. */
const UNTOLD_WAIT_MS = 8_000

/** The part of a shutdown's grace in which check runs are still begun: the rest is for ending them. */
const BEGIN_PART_OF_GRACE = 1 / 3

/** After the grace of a shutdown, for the last words on checks that will not be finished. */
const ABANDON_MS = 1_000

/** Works reviews: one at a time for a commit, and the newest of a branch in place of those that have not begun. */
export interface ReviewQueue {
  /** Undefined when there is no room, or when the queue is being drained. */
  submit(request: ReviewRequest): Ticket | undefined
  /** Commits in hand. */
  readonly depth: number
  /**
   * Takes no more, and finishes what is in hand within `graceMs`; what waits for GitHub is ended at once, and what has not
   * begun by a third of it is left to its deliveries, which have failed then.
   */
  drain(graceMs: number): Promise<void>
}

export interface ReviewQueueOptions {
  readonly reviewer: CommitReviewer
  readonly now: () => number
  /** Calls `run` after `ms`, unless what it gives is called before. Default: a timer. */
  readonly schedule?: (ms: number, run: () => void) => () => void
  /** Default: 2,000. */
  readonly maxCommits?: number
  /** Default: 200. */
  readonly maxCommitsPerOwner?: number
}

/** A commit in hand. */
interface Entry {
  readonly key: string
  readonly owner: string
  readonly job: ReviewJob
  state: 'queued' | 'running' | 'waiting'
  /** When the branches that it is the newest commit of were pushed to, by name. */
  readonly heads: Map<string, number>
  /** Whether it is wanted whatever has become of its branches. */
  isPinned: boolean
  tickets: readonly IssuedTicket[]
  /** What came too late for the attempt under way. */
  late: readonly Demand[]
  cancelTimer: () => void
}

type NewJob = Pick<ReviewJob, 'target' | 'headSha' | 'isFromFork' | 'sources'>

/** What is wanted of a commit, and who waits for it. */
interface Demand {
  readonly sources: readonly FileSource[]
  readonly again: boolean
  readonly isFromFork: boolean
  readonly tickets: readonly IssuedTicket[]
}

export function createReviewQueue(options: ReviewQueueOptions): ReviewQueue {
  const { reviewer, now, schedule = startTimer } = options
  const { maxCommits = COMMITS_MAX, maxCommitsPerOwner = COMMITS_PER_OWNER_MAX } = options
  const entries = new Map<string, Entry>()
  const finished = createFinishedCommits(now)
  const runningOf = new Map<string, number>()
  const closing = new AbortController()
  const stopping = new AbortController()
  const signals = { closing: closing.signal, stopping: stopping.signal }
  // Each call under way listens to it.
  setMaxListeners(0, stopping.signal)
  let isDraining = false
  let onEmpty: () => void = () => undefined

  function enter({ target, headSha, isFromFork, ...request }: NewJob): Entry {
    const key = keyOf({ target, headSha })
    // A new check run takes the place of the last one: it is about all that the last one was about, too.
    const sources = joinSources(request.sources, finished.sourcesOf(key))
    const state = { isAsked: false, isSuperseded: false, hasFailed: false, failures: 0 }
    const entry: Entry = {
      key,
      owner: target.owner.toLowerCase(),
      job: { target, headSha, isFromFork, sources, run: undefined, report: undefined, ...state },
      state: 'queued',
      heads: new Map(),
      isPinned: false,
      tickets: [],
      late: [],
      cancelTimer: () => undefined,
    }
    entries.set(key, entry)
    return entry
  }

  function add(entry: Entry, demand: Demand): void {
    const { job } = entry
    const isNew = demand.again || job.isSuperseded || !isCoveredBy(demand.sources, job.sources)
    if (isNew && entry.state === 'running') {
      entry.late = [...entry.late, demand]
      return
    }
    // What was to be written does not say it all any more.
    if (isNew) job.report = undefined
    job.isSuperseded = false
    job.isAsked ||= demand.again
    job.isFromFork &&= demand.isFromFork
    // Asked again, GitHub is: what a branch is compared with may have changed.
    job.sources = demand.again
      ? joinSources(demand.sources, job.sources)
      : joinSources(job.sources, demand.sources)
    for (const ticket of demand.tickets) ticket.follows(job)
    entry.tickets = [...entry.tickets, ...demand.tickets]
  }

  /**
   * Nobody waits any more for the checks of older commits of a branch, unless they have begun; what these were to be about
   * is still in the branch, and not in the delivery of the newest.
   */
  function supersede(newest: Entry, { branch, pushedAt }: BranchHead): void {
    for (const entry of [...entries.values()]) {
      const since = entry.heads.get(branch)
      if (entry === newest || since === undefined || since >= pushedAt) continue
      entry.heads.delete(branch)
      if (entry.state === 'running' || entry.isPinned || entry.heads.size > 0) continue
      const { job, tickets } = entry
      entry.tickets = []
      add(newest, { sources: job.sources.map(asDoubtful), again: false, isFromFork: job.isFromFork, tickets })
      if (job.run === undefined) {
        remove(entry)
      } else {
        job.isSuperseded = true
        entry.cancelTimer()
        entry.state = 'queued'
      }
    }
  }

  function startReady(): void {
    for (const entry of [...entries.values()]) {
      if (totalOf(runningOf) >= RUNNING_MAX) return
      if (entry.state === 'queued' && (runningOf.get(entry.owner) ?? 0) < RUNNING_PER_OWNER_MAX)
        void run(entry)
    }
  }

  async function run(entry: Entry): Promise<void> {
    entry.state = 'running'
    runningOf.set(entry.owner, (runningOf.get(entry.owner) ?? 0) + 1)
    const outcome = await reviewer.attempt(entry.job, signals)
    const others = (runningOf.get(entry.owner) ?? 1) - 1
    if (others > 0) runningOf.set(entry.owner, others)
    else runningOf.delete(entry.owner)
    if (outcome.kind === 'done') finish(entry, outcome)
    else if (signals.closing.aborted || (isDraining && outcome.kind === 'wait')) await stop(entry)
    else if (outcome.kind === 'wait') wait(entry, outcome)
    else finish(entry, outcome)
    startReady()
  }

  function wait(entry: Entry, { ms, reason }: Extract<JobOutcome, { kind: 'wait' }>): void {
    entry.state = 'waiting'
    const { late } = entry
    entry.late = []
    for (const demand of late) add(entry, demand)
    if (ms >= UNTOLD_WAIT_MS) {
      for (const ticket of entry.tickets) ticket.waits({ kind: 'waits', ms, reason })
    }
    entry.cancelTimer = schedule(ms, () => {
      entry.state = 'queued'
      startReady()
    })
  }

  function finish(entry: Entry, end: ReviewEnd): void {
    const { key, job, heads, isPinned } = entry
    finished.add(key, job.sources, end.kind === 'done' && !job.isSuperseded)
    remove(entry)
    tellEnd(entry, end)
    // The attempt may have found out by itself what they were about.
    const isAnswered = ({ again, sources }: Demand): boolean => !again && finished.covers(key, sources)
    for (const demand of entry.late.filter(isAnswered)) tellEnd(demand, end)
    const late = entry.late.filter((demand) => !isAnswered(demand))
    if (late.length > 0) {
      const next = enter({ ...job, sources: [] })
      next.isPinned = isPinned
      for (const [branch, pushedAt] of heads) next.heads.set(branch, pushedAt)
      for (const demand of late) add(next, demand)
    }
    if (entries.size === 0) onEmpty()
  }

  /** One owner, whose limit at GitHub is spent for an hour, must not take the place of all others. */
  function isFullFor(owner: string): boolean {
    if (entries.size >= maxCommits) return true
    let ofOwner = 0
    for (const entry of entries.values()) if (entry.owner === owner) ofOwner += 1
    return ofOwner >= maxCommitsPerOwner
  }

  function remove(entry: Entry): void {
    entry.cancelTimer()
    entries.delete(entry.key)
  }

  /** Ends what will not be taken up again by this process. Its deliveries have failed, and will come again. */
  async function stop(entry: Entry): Promise<void> {
    entry.cancelTimer()
    const giving = new AbortController()
    const cancelGiving = schedule(ABANDON_MS, () => {
      giving.abort(new StsError('deadline_passed'))
    })
    await reviewer.abandon(entry.job, giving.signal)
    cancelGiving()
    remove(entry)
    for (const demand of entry.late) tellEnd(demand, { kind: 'given_up' })
    tellEnd(entry, { kind: 'given_up' })
    if (entries.size === 0) onEmpty()
  }

  return {
    get depth() {
      return entries.size
    },
    submit(request) {
      if (isDraining) return undefined
      const key = keyOf(request)
      const issued = issueTicket()
      const { ticket } = issued
      const { sources, again, isFromFork, head } = request
      const inHand = entries.get(key)
      if (inHand === undefined && !again && finished.covers(key, sources)) {
        issued.ends({ kind: 'done', checks: 0 })
        return ticket
      }
      if (inHand === undefined && isFullFor(request.target.owner.toLowerCase())) return undefined
      const entry = inHand ?? enter(request)
      add(entry, { sources, again, isFromFork, tickets: [issued] })
      if (head === undefined) {
        entry.isPinned = true
      } else {
        entry.heads.set(head.branch, Math.max(head.pushedAt, entry.heads.get(head.branch) ?? 0))
        supersede(entry, head)
      }
      startReady()
      return ticket
    },
    async drain(graceMs) {
      isDraining = true
      const empty = new Promise<void>((resolve) => {
        onEmpty = resolve
      })
      const cancelClosing = schedule(graceMs * BEGIN_PART_OF_GRACE, () => {
        closing.abort(new StsError('deadline_passed'))
        for (const entry of [...entries.values()]) {
          if (entry.state === 'queued' && entry.job.run === undefined) void stop(entry)
        }
      })
      const cancelStopping = schedule(graceMs, () => {
        stopping.abort(new StsError('deadline_passed'))
      })
      for (const entry of [...entries.values()]) {
        if (entry.state === 'waiting') void stop(entry)
      }
      if (entries.size > 0) await empty
      cancelClosing()
      cancelStopping()
    },
  }
}

/** A newer commit may have taken back what an older one did. */
function asDoubtful(source: FileSource): FileSource {
  if (source.kind !== 'listed') return source
  return {
    ...source,
    files: source.files.map((file) => ({
      ...file,
      state: file.state === 'removed' ? 'removed' : 'doubtful',
    })),
  }
}

function tellEnd({ tickets }: Pick<Demand, 'tickets'>, end: ReviewEnd): void {
  for (const ticket of tickets) ticket.ends(end)
}

function keyOf({ target, headSha }: Pick<ReviewRequest, 'target' | 'headSha'>): string {
  return `${target.owner}/${target.repository}@${headSha}`.toLowerCase()
}

function totalOf(counts: ReadonlyMap<string, number>): number {
  let total = 0
  for (const count of counts.values()) total += count
  return total
}

function startTimer(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms)
  return () => {
    clearTimeout(timer)
  }
}
