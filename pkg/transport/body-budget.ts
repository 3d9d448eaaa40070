/** Memory for request bodies, bounded in all. */
export interface BodyBudget {
  /** Takes note of a body that is about to arrive; `onGivenUp` is called if it has to make room for others. */
  open(onGivenUp: () => void): HeldBody
}

/** What one body occupies. */
export interface HeldBody {
  /** Takes note of bytes that it is about to occupy. Makes room where there is none: it may be given up itself. */
  take(bytes: number): void
  /** It has arrived: from now on it is not given up. */
  arrived(): void
  /** It occupies nothing any more. May be called more than once. */
  release(): void
}

interface Arrival {
  bytes: number
  readonly onGivenUp: () => void
}

/**
 * A budget of `maxBytes`. Where it is spent the largest of the bodies that still arrive goes: who sends a few large
 * ones, slowly, keeps nobody out who sends a small one.
 */
export function createBodyBudget(maxBytes: number): BodyBudget {
  const arriving = new Set<Arrival>()
  let total = 0

  function giveUpLargest(): void {
    let largest: Arrival | undefined
    for (const each of arriving) {
      if (largest === undefined || each.bytes > largest.bytes) largest = each
    }
    if (largest === undefined) return
    forget(largest)
    largest.onGivenUp()
  }

  function forget(body: Arrival): void {
    arriving.delete(body)
    total -= body.bytes
    body.bytes = 0
  }

  return {
    open(onGivenUp) {
      const body: Arrival = { bytes: 0, onGivenUp }
      arriving.add(body)
      return {
        take(bytes) {
          body.bytes += bytes
          total += bytes
          while (total > maxBytes && arriving.size > 0) giveUpLargest()
        },
        arrived() {
          arriving.delete(body)
        },
        release() {
          forget(body)
        },
      }
    },
  }
}
