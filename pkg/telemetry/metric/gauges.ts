import type { StoreProblem } from '#pkg/store'
import { createBoundedLabel } from './bounded-label.ts'
import { METRICS, type MetricDefinition } from './catalogue.ts'
import { PROBER, STORE_PROBLEM } from './label-values.ts'
import type { LabelSet } from './label-sets.ts'
import type { ProberStepEnd, RateLimitState } from './metrics.ts'
import { createRateLimits } from './rate-limits.ts'

export interface GaugePoint {
  readonly labels: LabelSet
  readonly value: number
}

export interface GaugeReading {
  readonly definition: MetricDefinition
  readonly points: readonly GaugePoint[]
}

/** What is shown as it is now, instead of being added up. */
export interface Gauges {
  rateLimitSeen(state: RateLimitState): void
  watchStore(read: () => StoreProblem | undefined): void
  watchQueueDepth(read: () => number): void
  proberPassed(prober: ProberStepEnd['prober']): void
  /** Those that have anything to show. */
  read(): readonly GaugeReading[]
}

/** @param now - milliseconds since the epoch. */
export function createGauges(now: () => number): Gauges {
  const rateLimits = createRateLimits(now)
  const proberLabel = createBoundedLabel(PROBER)
  const lastSuccess = new Map<string, GaugePoint>()
  const problemLabel = createBoundedLabel(STORE_PROBLEM)
  let readProblem: (() => StoreProblem | undefined) | undefined
  let readDepth: (() => number) | undefined

  function storeProblem(): readonly GaugePoint[] {
    if (readProblem === undefined) return []
    const problem = readProblem()
    return [{ labels: { problem: problemLabel(problem ?? 'none') }, value: problem === undefined ? 0 : 1 }]
  }

  function queueDepth(): readonly GaugePoint[] {
    const value = readDepth?.()
    return value === undefined || !Number.isFinite(value) ? [] : [{ labels: {}, value }]
  }

  return {
    rateLimitSeen: (state) => {
      rateLimits.see(state)
    },
    watchStore: (read) => {
      readProblem = read
    },
    watchQueueDepth: (read) => {
      readDepth = read
    },
    proberPassed: (name) => {
      const prober = proberLabel(name)
      lastSuccess.set(prober, { labels: { prober }, value: now() / 1_000 })
    },
    read() {
      const limits = [...rateLimits.shown()]
      const readings: readonly GaugeReading[] = [
        {
          definition: METRICS.rateLimitRemaining,
          points: limits.map(({ labels, remaining }) => ({ labels, value: remaining })),
        },
        {
          definition: METRICS.rateLimitLimit,
          points: limits.map(({ labels, limit }) => ({ labels, value: limit })),
        },
        { definition: METRICS.storeProblem, points: storeProblem() },
        { definition: METRICS.queueDepth, points: queueDepth() },
        { definition: METRICS.proberLastSuccess, points: [...lastSuccess.values()] },
      ]
      return readings.filter(({ points }) => points.length > 0)
    },
  }
}
