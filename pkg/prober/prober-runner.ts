import type { Logger, Metrics } from '#pkg/telemetry'

import type { ProberName, ProbeResult, ProbeStep } from './probe-result.ts'
import type { Probe } from './prober.ts'

/** The pause between two runs is this much shorter or longer, so that many probers do not march in step. */
const JITTER = 0.1

export interface ProberRunnerOptions {
  readonly name: ProberName
  readonly probe: Probe
  /** Milliseconds from the end of a run to the beginning of the next; a result is recent for as long. */
  readonly intervalMs: number
  readonly metrics: Metrics
  readonly logger: Logger
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number
  /** From 0 up to 1. */
  readonly random?: () => number
}

/** Runs a prober, one run at a time. */
export interface ProberRunner {
  /** Begins to run again and again; the first run begins at once. */
  start(): void
  /** A run: the one in hand, or a new one. Never rejects. */
  run(): Promise<ProbeResult>
  /** The result of the last run while it is younger than the interval, else that of {@link run}. */
  recent(): Promise<ProbeResult>
  /** The result of the last run; undefined before its end. */
  latest(): ProbeResult | undefined
  /** Ends the run in hand early; resolves when its tokens are revoked. Runs that begin afterwards do nothing. */
  stop(): Promise<void>
}

/** Every run is measured, and each of its steps; those that have not passed are logged. */
export function createProberRunner(options: ProberRunnerOptions): ProberRunner {
  const { name, probe, intervalMs, metrics, logger, now = Date.now, random = Math.random } = options
  const stopping = new AbortController()
  let last: { readonly result: ProbeResult; readonly endedAt: number } | undefined
  let inHand: Promise<ProbeResult> | undefined
  let timer: NodeJS.Timeout | undefined

  async function runOnce(): Promise<ProbeResult> {
    const startedAt = now()
    let result: ProbeResult
    try {
      result = await probe(stopping.signal)
    } catch (err) {
      logger.error({ err, prober: name }, 'unexpected failure of a run')
      const durationMs = now() - startedAt
      const started = new Date(startedAt).toISOString()
      result = { prober: name, startedAt: started, durationMs, outcome: 'unknown', steps: [] }
    }
    report(result)
    last = { result, endedAt: now() }
    return result
  }

  function report(result: ProbeResult): void {
    const { steps, ...run } = result
    for (const step of steps) {
      const { name: of, outcome, durationMs } = step
      metrics.proberStepEnded({ prober: name, step: of, outcome, durationMs })
      logStep(step)
    }
    metrics.proberStepEnded({
      prober: name,
      step: 'run',
      outcome: result.outcome,
      durationMs: result.durationMs,
    })
    logger.info(
      { run },
      `the ${name} has ${result.outcome === 'unknown' ? 'an unknown result' : result.outcome}`,
    )
  }

  function logStep(step: ProbeStep): void {
    if (step.incident === true) logger.error({ step, prober: name }, 'INCIDENT: what must be refused was not')
    else if (step.outcome === 'failed') logger.error({ step, prober: name }, 'a step of a prober failed')
    else if (step.outcome === 'unknown')
      logger.warn({ step, prober: name }, 'a step of a prober proves nothing')
  }

  function run(): Promise<ProbeResult> {
    inHand ??= runOnce().finally(() => {
      inHand = undefined
    })
    return inHand
  }

  function loop(): void {
    void run().then(() => {
      if (stopping.signal.aborted) return
      const jitter = 1 + JITTER * (2 * random() - 1)
      timer = setTimeout(loop, intervalMs * jitter)
    })
  }

  return {
    start: loop,
    run,
    recent() {
      const isRecent = last !== undefined && now() - last.endedAt < intervalMs
      return isRecent && last !== undefined ? Promise.resolve(last.result) : run()
    },
    latest: () => last?.result,
    async stop() {
      stopping.abort()
      clearTimeout(timer)
      await inHand
    },
  }
}
