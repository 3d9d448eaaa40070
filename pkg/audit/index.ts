export type { DropCause } from './event/delivery.ts'
export { createEventSink, type EventSink, type EventSinkOptions } from './event/event-sink.ts'
export { createLogSink, type LogSinkOptions } from './log-sink.ts'
export type {
  Actor,
  ExchangeRecord,
  IssuerListDecision,
  Outcome,
  PolicyReference,
  RecordedGrant,
} from './record.ts'
export { createRecorder, type NamedSink, type RecorderOptions } from './recorder.ts'
export type { Sink } from './sink.ts'
export { hashToken, type TokenHash } from './token-hash.ts'
