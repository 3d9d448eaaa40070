import { randomUUID } from 'node:crypto'
import { formatTraceParent } from '#pkg/telemetry'
import type { ExchangeRecord } from '../record.ts'
import { toEventText } from './event-text.ts'
import { exchangeDataOf } from './exchange-data.ts'

/** octo-sts's type: its brokers and recorders select by it. */
const EVENT_TYPE = 'dev.octo-sts.exchange'

/** What an event takes in memory beside its data, about. */
const ATTRIBUTES_BYTES = 512

/**
 * An event that waits for its receiver: the attributes of a CloudEvent, and its data as JSON.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#context-attributes
 */
export interface PendingEvent {
  /** Stays the same however often it is sent, so that receivers know it again. */
  readonly id: string
  readonly type: string
  readonly source: string
  readonly subject: string
  readonly time: string
  readonly data: string
  /** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/extensions/distributed-tracing.md */
  readonly traceparent?: string
  readonly tracestate?: string
}

/** The event of `record`, from the service that is known as `domain`. */
export function createPendingEvent(record: ExchangeRecord, domain: string): PendingEvent {
  const { trace } = record
  return {
    id: randomUUID(),
    type: EVENT_TYPE,
    source: `https://${domain}`,
    subject: toEventText(`${record.scope}/${record.identity}`),
    time: record.time,
    data: JSON.stringify(exchangeDataOf(record), cleanText),
    ...(trace && { traceparent: formatTraceParent(trace) }),
    // The caller's own words: nothing that looks like a secret leaves with them.
    ...(trace?.tracestate !== undefined && { tracestate: toEventText(trace.tracestate) }),
  }
}

/** The memory that an event takes, about, in bytes. */
export function sizeOf(event: PendingEvent): number {
  return ATTRIBUTES_BYTES + Buffer.byteLength(event.data)
}

function cleanText(_: string, value: unknown): unknown {
  return typeof value === 'string' ? toEventText(value) : value
}
