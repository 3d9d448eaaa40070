import {
  createTraceState,
  ROOT_CONTEXT,
  trace,
  TraceFlags,
  type Context,
  type SpanContext,
} from '@opentelemetry/api'
import type { TraceContext } from '../trace/trace-context.ts'

/** Where spans of this request belong: below the span that its caller named, or nowhere. */
export function parentContext(parent: TraceContext | undefined): Context {
  if (parent === undefined) return ROOT_CONTEXT
  const { traceId, spanId, sampled, tracestate } = parent
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    isRemote: true,
    traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    ...(tracestate === undefined ? {} : { traceState: createTraceState(tracestate) }),
  })
}

/** @param tracestate - as it came with the request: it goes out unchanged. */
export function traceContextOf(
  { traceId, spanId, traceFlags }: SpanContext,
  tracestate: string | undefined,
): TraceContext {
  const sampled = (traceFlags & TraceFlags.SAMPLED) !== 0
  return tracestate === undefined ? { traceId, spanId, sampled } : { traceId, spanId, sampled, tracestate }
}
