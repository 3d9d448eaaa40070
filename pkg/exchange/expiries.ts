/** Of more owners and repositories that were made out of date, the first ones void all that was known at their time. */
const MARKS_MAX = 10_000

/**
 * What was made out of date, and when: a notice costs the same however much is remembered, and is about its owner alone.
 *
 * Moments are counted, not timed: whatever was asked for before a notice is out of date by it, however late the answer came.
 */
export interface Expiries {
  /** The moment from which an answer counts that is asked for now. */
  moment(): number
  /** Makes all out of date that is known of a repository, or of all of an owner. */
  expire(owner: string, repository?: string): void
  /** Makes everything out of date. */
  expireAll(): void
  /** Whether what was asked for at `moment` about a repository is out of date since. */
  isExpired(owner: string, repository: string, moment: number): boolean
}

export function createExpiries(): Expiries {
  /** By owner, and by owner and repository; the oldest first. */
  const marks = new Map<string, number>()
  let latest = 0
  /** Whatever is older is out of date. */
  let floor = 0

  return {
    moment: () => latest,
    expire(owner, repository) {
      const key = markKey(owner, repository)
      latest += 1
      marks.delete(key)
      marks.set(key, latest)
      if (marks.size <= MARKS_MAX) return
      for (const [oldest, moment] of marks) {
        floor = moment
        marks.delete(oldest)
        break
      }
    },
    expireAll() {
      latest += 1
      floor = latest
      marks.clear()
    },
    isExpired(owner, repository, moment) {
      if (moment === latest) return false
      return (
        moment < floor ||
        moment < (marks.get(markKey(owner)) ?? 0) ||
        moment < (marks.get(markKey(owner, repository)) ?? 0)
      )
    },
  }
}

function markKey(owner: string, repository = ''): string {
  return `${owner}/${repository}`.toLowerCase()
}
