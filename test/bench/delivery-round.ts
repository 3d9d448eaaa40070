import { quantile } from './statistics.ts'

/** One delivery of a round. */
export interface RoundAnswer {
  /** Milliseconds since the epoch. */
  readonly sentAt: number
  readonly answeredAt: number
  /** Of the answer; 0 if there was none. */
  readonly status: number
}

/** What came of pushes that were made at once. */
export interface RoundAnswers {
  /** Of the pushes alone; the deliveries that follow from check runs are not among them. */
  readonly answers: readonly RoundAnswer[]
  /** Pushed commits with a check run that has succeeded. */
  readonly succeeded: number
  /** All deliveries, those that follow too. */
  readonly deliveries: number
}

export interface RoundResult {
  /** From the first that was sent to the last that was answered. */
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Deliveries that came of each push, beside its own: of its check suite and its check run. */
  readonly further: number
}

/** Rejects what is no measurement: a delivery that was not worked to its end, or a check run that did not succeed. */
export function readRound({ answers, succeeded, deliveries }: RoundAnswers, pushes: number): RoundResult {
  const done = answers.filter(({ status }) => status === 200).length
  if (done !== pushes || succeeded !== pushes) {
    throw new Error(
      `of ${pushes} pushes ${done} were answered with 200 and ${succeeded} have a successful check run`,
    )
  }
  const sentAt = Math.min(...answers.map((answer) => answer.sentAt))
  const answeredAt = Math.max(...answers.map((answer) => answer.answeredAt))
  const latencies = answers.map((answer) => answer.answeredAt - answer.sentAt)
  return {
    perSecond: (pushes * 1000) / (answeredAt - sentAt),
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    further: deliveries / pushes - 1,
  }
}
