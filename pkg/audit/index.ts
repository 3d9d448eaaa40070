export type {
  Actor,
  ExchangeRecord,
  IssuerListDecision,
  Outcome,
  PolicyReference,
  RecordedGrant,
} from './record.ts'
export { createLogSink, type Sink } from './sink.ts'
export { hashToken, type TokenHash } from './token-hash.ts'
