/** The probers, as they are called everywhere. */
export type ProberName = 'prober' | 'negative-prober'

/** What a wire protocol of the service is called here. */
export type ProbeTransport = 'grpc' | 'json'

/** Both, in the order in which they are tried. */
export const PROBE_TRANSPORTS: readonly ProbeTransport[] = ['grpc', 'json']

/** What a token of somebody else, or a spoiled one, is used for. */
export type NegativeCase = 'other_identity' | 'wrong_audience' | 'expired' | 'broken_signature'

/** The names of all steps; none is twice in a run. */
export type ProbeStepName =
  | 'token'
  | `exchange_${ProbeTransport}`
  | 'read_policy'
  | 'list_issues'
  | 'create_issue_refused'
  | `wrong_audience_refused_${ProbeTransport}`
  | `unknown_identity_refused_${ProbeTransport}`
  | `${NegativeCase}_${ProbeTransport}`
  | 'revoke'

/**
 * - `passed`: it is as it must be.
 * - `failed`: it is not.
 * - `unknown`: it could not be tried, or the answer proves neither; never taken for `passed`.
 * - `skipped`: there was nothing to try it with, by the kind of token source or because there was no token.
 */
export type ProbeStepOutcome = 'passed' | 'failed' | 'unknown' | 'skipped'

/** One step of a run. All text is printable, bounded and without secrets. */
export interface ProbeStep {
  readonly name: ProbeStepName
  /** For exchanges. */
  readonly transport?: ProbeTransport | undefined
  readonly outcome: ProbeStepOutcome
  /** What was seen, in one line. */
  readonly detail: string
  /** Something was possible that must never be: somebody has to look now. */
  readonly incident?: true | undefined
  /** Under which the service logs the exchange; undefined when it does not say. */
  readonly requestId?: string | undefined
  /** Of the trace that the exchange was sent with: 32 hexadecimal digits. */
  readonly traceId?: string | undefined
  readonly durationMs: number
}

/** A run, complete. */
export interface ProbeResult {
  readonly prober: ProberName
  /** RFC 3339, in UTC. */
  readonly startedAt: string
  readonly durationMs: number
  /** `failed` when a step has; else `unknown` when one is; else `passed`. */
  readonly outcome: Exclude<ProbeStepOutcome, 'skipped'>
  readonly steps: readonly ProbeStep[]
}

/** What a step has found, before it is timed and named. */
export type ProbeFinding = Pick<ProbeStep, 'outcome' | 'detail' | 'incident' | 'requestId' | 'traceId'>

/** The outcome of a run of these steps. One without a passed step has proved nothing. */
export function outcomeOf(steps: readonly ProbeStep[]): ProbeResult['outcome'] {
  if (steps.some(({ outcome }) => outcome === 'failed')) return 'failed'
  if (steps.some(({ outcome }) => outcome === 'unknown')) return 'unknown'
  return steps.some(({ outcome }) => outcome === 'passed') ? 'passed' : 'unknown'
}
