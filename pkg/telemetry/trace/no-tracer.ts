import { readTraceContext } from './trace-context.ts'
import type { RequestTrace, Tracer } from './tracer.ts'

/** Of a request that nobody traces. */
export const NO_TRACE: RequestTrace = Object.freeze({
  context: undefined,
  step: (_, work) => work(undefined),
  conclude: () => undefined,
  end: () => undefined,
} satisfies RequestTrace)

/** Makes no spans; a request still is known by the trace that it came with, so that the log can be found by it. */
export const NO_TRACER: Tracer = Object.freeze({
  startRequest(headers) {
    const context = headers.traceparent === undefined ? undefined : readTraceContext(headers)
    return context === undefined ? NO_TRACE : { ...NO_TRACE, context }
  },
} satisfies Tracer)
