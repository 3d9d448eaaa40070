export { createNegativeProber } from './negative-prober.ts'
export { createProber } from './positive-prober.ts'
export type {
  ProberName,
  ProbeResult,
  ProbeStep,
  ProbeStepName,
  ProbeStepOutcome,
  ProbeTransport,
} from './probe-result.ts'
export { createProberRunner, type ProberRunner, type ProberRunnerOptions } from './prober-runner.ts'
export type { Probe, ProberOptions } from './prober.ts'
export {
  createActionsSource,
  createFileSource,
  createGoogleSource,
  createIssuerSource,
  type TokenSource,
} from './token-source/index.ts'
