import { SpanStatusCode, type Attributes, type Span } from '@opentelemetry/api'
import type { ErrorCode, Reason } from '#pkg/errors'
import { createBoundedLabel } from '../metric/bounded-label.ts'
import { HTTP_ROUTE, RPC_METHOD } from '../metric/label-values.ts'
import type { RequestEnd } from '../trace/tracer.ts'

/** What an exchange ended with. */
export interface Conclusion {
  readonly code: ErrorCode | 'OK' | undefined
  readonly reason: Reason | undefined
}

/** Request ids are UUIDs. Anything else was not made here. */
const REQUEST_ID = /^[0-9A-Za-z-]{1,64}$/

const HTTP_SERVER_ERROR = 500
/**
 * UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE and DATA_LOSS are faults of a server.
 * https://opentelemetry.io/docs/specs/semconv/rpc/grpc/#grpc-status
 */
const GRPC_SERVER_ERRORS: ReadonlySet<number> = new Set([2, 4, 12, 13, 14, 15])

const routeOf = createBoundedLabel(HTTP_ROUTE)
const methodOf = createBoundedLabel(RPC_METHOD)

/** Names the span of a request by its route, and adds how it ended. */
export function describeRequest(span: Span, end: RequestEnd, { code, reason }: Conclusion): void {
  const { requestId, transport, status } = end
  const isGrpc = transport === 'grpc'
  const route = isGrpc ? methodOf(end.route) : routeOf(end.route)
  const attributes: Attributes = isGrpc
    ? { 'rpc.system': 'grpc', 'rpc.method': route, 'rpc.grpc.status_code': status }
    : { 'http.route': route, 'http.response.status_code': status }
  if (REQUEST_ID.test(requestId)) attributes['sts.request_id'] = requestId
  if (code !== undefined) attributes['sts.code'] = code
  if (reason !== undefined) attributes['sts.reason'] = reason
  span.updateName(route).setAttributes(attributes)
  const isFault = isGrpc ? GRPC_SERVER_ERRORS.has(status) : status >= HTTP_SERVER_ERROR
  if (isFault) span.setStatus({ code: SpanStatusCode.ERROR })
}
