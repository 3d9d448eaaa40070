import { SpanKind, SpanStatusCode, trace, type Context, type Span, type Tracer } from '@opentelemetry/api'
import { toStsError } from '#pkg/errors'
import { NO_TRACE } from '../trace/no-tracer.ts'
import { readTraceContext, type TraceContext } from '../trace/trace-context.ts'
import type { RequestTrace, Tracer as RequestTracer } from '../trace/tracer.ts'
import { describeRequest, type Conclusion } from './request-end.ts'
import { parentContext, traceContextOf } from './span-context.ts'

/** Before it ends, the route of a request is not known. */
const REQUEST_SPAN_NAME = 'request'

const SERVER_SPAN = { kind: SpanKind.SERVER }
const STEP_SPAN = { kind: SpanKind.INTERNAL }

/** Makes spans with OpenTelemetry: one for each request, and one below it for each step. */
export function createOtelTracer(tracer: Tracer): RequestTracer {
  return {
    startRequest(headers) {
      const caller = headers.traceparent === undefined ? undefined : readTraceContext(headers)
      const parent = parentContext(caller)
      const span = tracer.startSpan(REQUEST_SPAN_NAME, SERVER_SPAN, parent)
      const context = traceContextOf(span.spanContext(), caller?.tracestate)
      if (!span.isRecording()) {
        return { ...NO_TRACE, context, step: (_, work) => work(context) }
      }
      return recordRequest(tracer, span, trace.setSpan(parent, span), context)
    },
  }
}

function recordRequest(tracer: Tracer, span: Span, below: Context, context: TraceContext): RequestTrace {
  let conclusion: Conclusion = { code: undefined, reason: undefined }
  let ended = false

  return {
    context,
    step(name, work) {
      const step = tracer.startSpan(name, STEP_SPAN, below)
      return endWithWork(step, () => work(traceContextOf(step.spanContext(), context.tracestate)))
    },
    conclude(code, reason) {
      conclusion = { code, reason }
    },
    end(end) {
      if (ended) return
      ended = true
      const { code = conclusion.code, reason = conclusion.reason } = end
      describeRequest(span, end, { code, reason })
      span.end()
    },
  }
}

/** What `work` gives, itself: a promise is watched, not replaced, so that its rejection is nobody else's matter. */
function endWithWork<T>(span: Span, work: () => T): T {
  const fail = (thrown: unknown): void => {
    span.setAttribute('sts.reason', toStsError(thrown).reason).setStatus({ code: SpanStatusCode.ERROR }).end()
  }
  let result: T
  try {
    result = work()
  } catch (thrown) {
    fail(thrown)
    throw thrown
  }
  if (result instanceof Promise) {
    result.then(() => {
      span.end()
    }, fail)
  } else {
    span.end()
  }
  return result
}
