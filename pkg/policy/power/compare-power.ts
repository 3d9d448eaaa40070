import { isSameName } from '../names.ts'
import type { CompiledTrustPolicy } from '../trust-policy.ts'
import { compareClaims } from './compare-claims.ts'
import { compareAudiences, compareIssuers, compareSubjects } from './compare-identity.ts'
import { comparePermissions, listPermissions } from './compare-permissions.ts'
import { describeIssuer } from './describe-issuer.ts'
import { describeSubject } from './describe-subject.ts'
import { createComparisonWork } from './language/comparison-work.ts'
import { summarize, type PowerChange, type PowerDifference } from './power-difference.ts'
import { code } from './power-text.ts'
import { compareReach, reachOf, type PolicyPlace } from './reach.ts'

/**
 * Says what another version of a policy lets in and grants that the one before did not, and the other way round.
 * `before` undefined: the policy is new; `after` undefined: it is deleted; `place` undefined: it is not known where
 * it sits.
 *
 * Sound: unless the answer is `more` or `may_be_more`, no token is let in that was not before, and none is given
 * more. Each condition of a policy is compared by itself, as the regular language that it is, with the bounded work
 * of `COMPARISON_MAX_WORK`. The bounds on the length of values and on the work of one match are not regarded.
 */
export function comparePower(
  before: CompiledTrustPolicy | undefined,
  after: CompiledTrustPolicy | undefined,
  place: PolicyPlace | undefined,
): PowerDifference {
  if (after === undefined) return summarize(before === undefined ? [] : describeLoss(before, place))
  if (before === undefined) return summarize(describeGain(after, place))
  const work = createComparisonWork()
  return summarize([
    ...compareIssuers(before, after, work),
    ...compareSubjects(before, after, work),
    ...compareAudiences(before, after, work),
    ...compareClaims(before, after, work),
    ...compareLifetimes(before, after),
    ...compareOrigins(before, after, place),
    ...comparePermissions(before, after, place),
    ...compareReach(reachOf(before, place), reachOf(after, place), place),
  ])
}

function describeGain(policy: CompiledTrustPolicy, place: PolicyPlace | undefined): readonly PowerChange[] {
  const text = [
    'is new, and lets in ',
    ...describeSubject(policy),
    ' with tokens of ',
    ...describeIssuer(policy.issuer),
  ]
  return [{ effect: 'gain', field: 'policy', text }, ...listPermissions(policy, 'gain', place)]
}

function describeLoss(policy: CompiledTrustPolicy, place: PolicyPlace | undefined): readonly PowerChange[] {
  const text = [
    'is gone, and no longer lets in ',
    ...describeSubject(policy),
    ' with tokens of ',
    ...describeIssuer(policy.issuer),
  ]
  return [{ effect: 'loss', field: 'policy', text }, ...listPermissions(policy, 'loss', place)]
}

function compareLifetimes(before: CompiledTrustPolicy, after: CompiledTrustPolicy): readonly PowerChange[] {
  const field = 'max_token_lifetime'
  const was = before.source.max_token_lifetime
  const is = after.source.max_token_lifetime
  if (was === is) return []
  if (is === undefined) return [{ effect: 'gain', field, text: ['no longer limits the age of tokens'] }]
  if (was === undefined) {
    return [{ effect: 'loss', field, text: [`takes only tokens that live for ${is} seconds at most`] }]
  }
  const text = [`takes tokens that live for ${is} seconds at most, where it was ${was}`]
  return [{ effect: is > was ? 'gain' : 'loss', field, text }]
}

/** A policy outside its origin lets nobody in, so that a gain of it is one even if it is the only change. */
function compareOrigins(
  before: CompiledTrustPolicy,
  after: CompiledTrustPolicy,
  place: PolicyPlace | undefined,
): readonly PowerChange[] {
  const field = 'origin'
  const was = before.source.origin
  const is = after.source.origin
  if (was === undefined) {
    return is === undefined ? [] : [{ effect: 'loss', field, text: ['works in ', ...code(is), ' alone'] }]
  }
  if (is === undefined) {
    return [{ effect: 'gain', field, text: ['works anywhere, where it worked in ', ...code(was), ' alone'] }]
  }
  if (isSameName(was, is)) return []
  const here = place === undefined ? undefined : `${place.owner}/${place.repository}`
  const text = ['works in ', ...code(is), ' alone, where it was ', ...code(was)]
  const isMovedHere = here !== undefined && isSameName(is, here)
  return [{ effect: isMovedHere ? 'gain' : 'change', field, text }]
}
