import { ClientError } from '#pkg/client'
import { withDeadline } from '#pkg/store'

import { describe, unknown } from './finding.ts'
import {
  outcomeOf,
  type ProbeFinding,
  type ProberName,
  type ProbeResult,
  type ProbeStep,
  type ProbeStepName,
  type ProbeTransport,
} from './probe-result.ts'

/** One step. */
export interface StepWork {
  readonly name: ProbeStepName
  readonly transport?: ProbeTransport
  /** Milliseconds that it may take. */
  readonly timeoutMs: number
  /** Ends it early. */
  readonly signal: AbortSignal
}

/** The steps of a run, in the order in which they ended. */
export interface StepList {
  /**
   * Does `work` within its time. What it rejects with, and no answer in time, is `unknown`: who knows better has caught
   * it. Never rejects.
   */
  do(step: StepWork, work: (signal: AbortSignal) => Promise<ProbeFinding>): Promise<ProbeFinding>
  /** Takes note of a step that needs no doing. */
  note(step: Pick<StepWork, 'name' | 'transport'>, finding: ProbeFinding): void
  end(): ProbeResult
}

export function createStepList(prober: ProberName, now: () => number): StepList {
  const startedAt = now()
  const steps: ProbeStep[] = []

  function add(
    { name, transport }: Pick<StepWork, 'name' | 'transport'>,
    finding: ProbeFinding,
    since: number,
  ): void {
    steps.push({ name, ...(transport !== undefined && { transport }), ...finding, durationMs: now() - since })
  }

  return {
    async do(step, work) {
      const since = now()
      const { timeoutMs: ms, signal } = step
      const late = (): ClientError => new ClientError('timed_out', 'the time of this step was over')
      let finding: ProbeFinding
      try {
        finding = await withDeadline({ ms, signal, late }, work)
      } catch (thrown) {
        finding = unknown(signal.aborted ? 'the run was ended before' : describe(thrown))
      }
      add(step, finding, since)
      return finding
    },
    note(step, finding) {
      add(step, finding, now())
    },
    end() {
      return {
        prober,
        startedAt: new Date(startedAt).toISOString(),
        durationMs: now() - startedAt,
        outcome: outcomeOf(steps),
        steps: [...steps],
      }
    },
  }
}
