import { StsError, type Reason } from '#pkg/errors'

/** Ways in which one App fails to serve that say nothing about another, the most telling first. */
const OF_ONE_APP: readonly Reason[] = [
  'github_rate_limited',
  'app_key_refused',
  'app_key_unavailable',
  'permission_not_granted',
  'installation_suspended',
  'installation_missing',
]

/** Whether another App may do what this one could not. Not after `mint_unknown`: there may be a token. */
export function isOfOneApp(error: unknown): error is StsError {
  return error instanceof StsError && OF_ONE_APP.includes(error.reason)
}

/** Whether the App is not there for the owner at all. */
export function isGone({ reason }: StsError): boolean {
  return reason === 'installation_missing' || reason === 'installation_suspended'
}

/** The one of two failures to show; of two rate limits the one that ends first. */
export function worseFailure(first: StsError | undefined, second: StsError): StsError {
  if (first === undefined) return second
  if (first.reason === 'github_rate_limited' && second.reason === 'github_rate_limited') {
    return (second.retryAfterMs ?? Infinity) < (first.retryAfterMs ?? Infinity) ? second : first
  }
  return rankOf(second) < rankOf(first) ? second : first
}

/** What is no matter of one App alone goes before all that is. */
function rankOf({ reason }: StsError): number {
  return OF_ONE_APP.indexOf(reason)
}
