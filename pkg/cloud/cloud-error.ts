import { StsError } from '#pkg/errors'
import type { CloudService } from './cloud-service.ts'

/**
 * What can be wrong with a call to a cloud, in words of ours that are the same for all of them:
 *
 * - `package_missing`: the package of the provider is not installed (`detail.install` has the command);
 * - `region_missing`: no region is set;
 * - `credentials`: there are none, or they were not taken;
 * - `permission`: they do not allow this;
 * - `not_found`: there is no such key, secret or version;
 * - `disabled`: it is disabled, destroyed, expired, or not yet valid;
 * - `unsuitable`: what is named is of another kind, or for another use (a key that makes no RS256 signature);
 * - `refused`: any other refusal;
 * - `throttled`, `unavailable`, `network`, `corrupted`: may pass by themselves;
 * - `timeout`: no end within the time there was;
 * - `malformed`: an answer that is none, or too long;
 * - `signature_length`, `signature_mismatch`: not a signature of this key;
 * - `empty`: a secret without a byte.
 */
export type CloudProblem =
  | 'package_missing'
  | 'region_missing'
  | 'credentials'
  | 'permission'
  | 'not_found'
  | 'disabled'
  | 'unsuitable'
  | 'refused'
  | 'throttled'
  | 'unavailable'
  | 'network'
  | 'corrupted'
  | 'timeout'
  | 'malformed'
  | 'signature_length'
  | 'signature_mismatch'
  | 'empty'

const TEMPORARY: ReadonlySet<unknown> = new Set<CloudProblem>([
  'throttled',
  'unavailable',
  'network',
  'corrupted',
])

export interface CloudErrorOptions {
  /** Of the answer, if there was one. */
  readonly status?: number | undefined
  /** Never about an answer that may hold what was asked for. */
  readonly cause?: unknown
  /** In milliseconds, as the service said. */
  readonly retryAfterMs?: number | undefined
}

/** The error of a call to `service`. */
export function cloudError(
  { provider, reason }: CloudService,
  problem: CloudProblem,
  { status, cause, retryAfterMs }: CloudErrorOptions = {},
): StsError {
  return new StsError(reason, { detail: { provider, problem, status }, cause, retryAfterMs })
}

/** Whether the same call may do better a moment later. */
export function mayPass(error: StsError): boolean {
  return TEMPORARY.has(error.detail['problem'])
}

/** What an HTTP status says where the service says nothing more exact. */
export function problemOfStatus(status: number): CloudProblem {
  if (status === 401) return 'credentials'
  if (status === 403) return 'permission'
  if (status === 404) return 'not_found'
  if (status === 429) return 'throttled'
  return status >= 500 || status === 408 ? 'unavailable' : 'refused'
}
