import { createSegmentedCache } from '#pkg/store'
import type { FileSource } from '../event/review-request.ts'
import { joinSources, sourceKey } from './review-job.ts'

/** Commits that are remembered, and for how long: several deliveries tell of one push. */
const COMMITS_MAX = 10_000
const REMEMBERED_MS = 3_600_000

/** Of one commit and all of them. */
const MAX_BYTES = 32 * 1024 * 1024
const BYTES_PER_FILE = 256
const OVERHEAD_BYTES = 512

/** Remembers what the check runs of commits were about. */
export interface FinishedCommits {
  add(key: string, sources: readonly FileSource[]): void
  /** Undefined for a commit that is not known to be finished. */
  sourcesOf(key: string): readonly FileSource[] | undefined
}

export function createFinishedCommits(now: () => number): FinishedCommits {
  interface Finished {
    readonly sources: readonly FileSource[]
    readonly until: number
  }
  const commits = createSegmentedCache<Finished>({ maxEntries: COMMITS_MAX, maxBytes: MAX_BYTES })

  function sourcesOf(key: string): readonly FileSource[] | undefined {
    const finished = commits.get(key)
    return finished !== undefined && now() < finished.until ? finished.sources : undefined
  }

  return {
    add(key, sources) {
      const all = joinSources(sourcesOf(key) ?? [], sources)
      commits.set(key, { sources: all, until: now() + REMEMBERED_MS }, bytesOf(all))
    },
    sourcesOf,
  }
}

function bytesOf(sources: readonly FileSource[]): number {
  const files = sources.flatMap((source) => (source.kind === 'listed' ? source.files : []))
  return OVERHEAD_BYTES + files.length * BYTES_PER_FILE + sources.map(sourceKey).join().length
}
