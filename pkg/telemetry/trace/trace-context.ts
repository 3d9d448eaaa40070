import { redact } from '../redact.ts'

/** The headers of W3C Trace Context as a request came with them. https://www.w3.org/TR/trace-context/ */
export interface TraceHeaders {
  readonly traceparent?: string | undefined
  readonly tracestate?: string | undefined
}

/** A place in a trace: W3C Trace Context, section 3.2.2. */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits, not all zero. */
  readonly traceId: string
  /** 16 lower-case hexadecimal digits, not all zero. */
  readonly spanId: string
  readonly sampled: boolean
  /** As it came, when it was valid; goes out unchanged. */
  readonly tracestate?: string | undefined
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const ZEROS = /^0+$/
const SAMPLED_FLAG = 1
/** Section 3.3.1.3: what vendors must at least carry. More is dropped. */
const TRACESTATE_MAX_CHARACTERS = 512
const TRACESTATE = /^[\x20-\x7e]*$/

/**
 * Reads what a caller says of its trace; undefined where that is nothing valid, as sections 3.2.2.1 to 3.2.2.5 want it:
 * version `ff` and zero ids are refused, and of later versions what this one knows is read.
 */
export function readTraceContext({ traceparent, tracestate }: TraceHeaders): TraceContext | undefined {
  if (traceparent === undefined) return undefined
  const [, version, traceId = '', spanId = '', flags = '', rest] = TRACEPARENT.exec(traceparent) ?? []
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return undefined
  if (ZEROS.test(traceId) || ZEROS.test(spanId)) return undefined
  const sampled = (Number.parseInt(flags, 16) & SAMPLED_FLAG) !== 0
  return { traceId, spanId, sampled, ...readTraceState(tracestate) }
}

function readTraceState(tracestate: string | undefined): Pick<TraceContext, 'tracestate'> {
  if (tracestate === undefined || tracestate === '' || tracestate.length > TRACESTATE_MAX_CHARACTERS)
    return {}
  // It goes out again, to GitHub and to collectors: nothing that looks like a secret does.
  return TRACESTATE.test(tracestate) && redact(tracestate) === tracestate ? { tracestate } : {}
}

/** The value of a `traceparent` header for a call that is made at `context`. */
export function formatTraceParent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`
}
