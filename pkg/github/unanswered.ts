import { StsError } from '#pkg/errors'

/**
 * Whether GitHub has said nothing about what it was asked: it could not be asked, or failed to answer. Not so when it
 * refused, for reasons of its own, or answered what nobody understands: that may be so again for the same name.
 */
export function isUnanswered(error: unknown): boolean {
  if (!(error instanceof StsError)) return false
  const { code, reason } = error
  if (reason === 'github_refused' || reason === 'github_answer_malformed') return false
  return code === 'RATE_LIMITED' || code === 'UPSTREAM_UNAVAILABLE'
}
