import type { Reason } from '#pkg/errors'
import type { ReviewJob } from './review-job.ts'

/** How a review ended. */
export type ReviewEnd = { readonly kind: 'done'; readonly checks: number } | { readonly kind: 'given_up' }

/** It goes on in `ms`; until then `reason` stands in its way. */
export interface ReviewWait {
  readonly kind: 'waits'
  readonly ms: number
  readonly reason: Reason
}

/** What a delivery has of the review that it asked for. */
export interface Ticket {
  /** The first that is known: its end, or that it waits for long. */
  readonly progress: Promise<ReviewEnd | ReviewWait>
  readonly end: Promise<ReviewEnd>
  /** Whether GitHub shows a check run of it, or nothing has yet gone wrong on the way to one. */
  isHopeful(): boolean
}

/** A ticket, and the side of it that is told. */
export interface IssuedTicket {
  readonly ticket: Ticket
  /** It is `job` that is done for it from now on. */
  follows(job: Pick<ReviewJob, 'run' | 'hasFailed'>): void
  waits(wait: ReviewWait): void
  ends(end: ReviewEnd): void
}

export function issueTicket(): IssuedTicket {
  let tellProgress: (progress: ReviewEnd | ReviewWait) => void = () => undefined
  let tellEnd: (end: ReviewEnd) => void = () => undefined
  let followed: Pick<ReviewJob, 'run' | 'hasFailed'> | undefined
  const progress = new Promise<ReviewEnd | ReviewWait>((resolve) => {
    tellProgress = resolve
  })
  const end = new Promise<ReviewEnd>((resolve) => {
    tellEnd = resolve
  })
  return {
    ticket: { progress, end, isHopeful: () => followed?.run !== undefined || followed?.hasFailed !== true },
    follows(job) {
      followed = job
    },
    waits: tellProgress,
    ends(result) {
      tellProgress(result)
      tellEnd(result)
    },
  }
}
