import { createSegmentedCache } from '#pkg/store'
import type { FileSource } from '../event/review-request.ts'
import { isCoveredBy, joinSources, sourceKey } from './review-job.ts'

/** Commits that are remembered, and for how long: several deliveries tell of one push. */
const COMMITS_MAX = 10_000
const REMEMBERED_MS = 3_600_000

/** Of one commit and all of them. */
const MAX_BYTES = 32 * 1024 * 1024
const BYTES_PER_FILE = 256
const OVERHEAD_BYTES = 512

/** Remembers what the check runs of commits were about, or were to be about. */
export interface FinishedCommits {
  /** `isDone`: the check run says all about `sources`. */
  add(key: string, sources: readonly FileSource[], isDone: boolean): void
  /** Empty for a commit that is not known. */
  sourcesOf(key: string): readonly FileSource[]
  /** Whether the last check run of a commit says all about `sources`. */
  covers(key: string, sources: readonly FileSource[]): boolean
}

export function createFinishedCommits(now: () => number): FinishedCommits {
  interface Finished {
    readonly sources: readonly FileSource[]
    readonly isDone: boolean
    readonly until: number
  }
  const commits = createSegmentedCache<Finished>({ maxEntries: COMMITS_MAX, maxBytes: MAX_BYTES })

  function find(key: string): Finished | undefined {
    const finished = commits.get(key)
    return finished !== undefined && now() < finished.until ? finished : undefined
  }

  return {
    add(key, sources, isDone) {
      const all = joinSources(find(key)?.sources ?? [], sources).map(withoutFindings)
      commits.set(key, { sources: all, isDone, until: now() + REMEMBERED_MS }, bytesOf(all))
    },
    sourcesOf: (key) => find(key)?.sources ?? [],
    covers(key, sources) {
      const finished = find(key)
      return finished?.isDone === true && isCoveredBy(sources, finished.sources)
    },
  }
}

/** What has been read is known of the source itself: it may be much, and is not counted here. */
function withoutFindings(source: FileSource): FileSource {
  return { ...source }
}

/** Of the sources: their keys have all that they have but for what each file takes beside its path. */
function bytesOf(sources: readonly FileSource[]): number {
  const files = sources.flatMap((source) => (source.kind === 'listed' ? source.files : []))
  return OVERHEAD_BYTES + files.length * BYTES_PER_FILE + 2 * sources.map(sourceKey).join().length
}
