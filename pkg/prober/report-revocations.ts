import { failed, passed, skipped, unknown } from './finding.ts'
import type { RevocationEnd } from './issued-tokens.ts'
import type { ProbeFinding } from './probe-result.ts'

/** What the revocation of all tokens proves. */
export function reportRevocations(ends: readonly RevocationEnd[]): ProbeFinding {
  if (ends.length === 0) return skipped('no token was left')
  const count = (...states: readonly RevocationEnd['state'][]): number =>
    ends.filter(({ state }) => states.includes(state)).length
  const worst = (['alive', 'not_revoked', 'unproved'] as const)
    .map((state) => ends.find((end) => end.state === state))
    .find((end) => end !== undefined)
  if (worst === undefined) return passed(`${ends.length} revoked, and refused afterwards`)
  const left = count('alive', 'not_revoked')
  const detail = `${left} of ${ends.length} may be alive; ${worst.detail}`
  return worst.state === 'alive' ? failed(detail) : unknown(detail)
}
