import type { Reason } from '#pkg/errors'
import type { Quota } from './rate-limit.ts'

/** What a call to GitHub is for. Closed, so that it may label a metric. */
export type Operation =
  | 'check_key'
  | 'compare_commits'
  | 'create_check_run'
  | 'find_installation'
  | 'list_deliveries'
  | 'list_folder'
  | 'mint_probe_token'
  | 'mint_read_token'
  | 'mint_review_token'
  | 'mint_token'
  | 'read_file'
  | 'redeliver'
  | 'revoke_token'
  | 'update_check_run'

/** One request to GitHub that has ended, whatever came of it; a repeated one gives an event each time. */
export interface CallEvent {
  readonly appId: string
  readonly operation: Operation
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Undefined when no whole answer came. */
  readonly status: number | undefined
  /** Why the call failed; undefined for an answer that its caller still has to judge. */
  readonly failure: Reason | undefined
  readonly durationMs: number
  /** The installation whose token was used; undefined for calls as the App itself, whose limits are apart. */
  readonly installationId: number | undefined
  readonly quota: Quota | undefined
  /** After `github_rate_limited`, how long to wait. */
  readonly retryAfterMs: number | undefined
}

/** Told about every call, for metrics and budgets. Must neither throw nor wait. */
export type CallObserver = (event: CallEvent) => void
