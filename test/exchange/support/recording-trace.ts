import type { RequestTrace, StepName, TraceContext } from '#pkg/telemetry'

export const REQUEST_CONTEXT: TraceContext = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  sampled: true,
  tracestate: 'vendor=opaque',
}

/** Every step has a span of this id. */
export const STEP_CONTEXT: TraceContext = { ...REQUEST_CONTEXT, spanId: 'b7ad6b7169203331' }

export interface RecordingTrace extends RequestTrace {
  /** In the order in which they began; `failed` when the work threw or rejected. */
  readonly steps: { readonly name: StepName; outcome: 'running' | 'done' | 'failed' }[]
  readonly conclusions: (readonly [code: string, reason: string | undefined])[]
}

/** A trace that remembers what it was told. */
export function createRecordingTrace(): RecordingTrace {
  const steps: RecordingTrace['steps'] = []
  const conclusions: (readonly [string, string | undefined])[] = []
  return {
    context: REQUEST_CONTEXT,
    steps,
    conclusions,
    step(name, work) {
      const step: RecordingTrace['steps'][number] = { name, outcome: 'running' }
      steps.push(step)
      try {
        const result = work(STEP_CONTEXT)
        if (result instanceof Promise) {
          result.then(
            () => (step.outcome = 'done'),
            () => (step.outcome = 'failed'),
          )
        } else step.outcome = 'done'
        return result
      } catch (thrown) {
        step.outcome = 'failed'
        throw thrown
      }
    },
    conclude: (code, reason) => conclusions.push([code, reason]),
    end: () => undefined,
  }
}
