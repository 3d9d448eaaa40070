export { DEFAULT_LIMITS, type TransportLimits } from './limits.ts'
export type { AnswerEvent, CutCause, TransportObserver } from './observer.ts'
export { createServer, type ServerOptions, type StsServer } from './server.ts'
export type { Readiness } from './service.ts'
