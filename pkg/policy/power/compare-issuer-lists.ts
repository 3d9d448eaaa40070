import type { IssuerList } from '../issuer-list.ts'
import type { Matcher } from '../trust-policy.ts'
import { isPart } from './compare-matchers.ts'
import { describeIssuer } from './describe-issuer.ts'
import { PRINTABLE } from './language/compare-languages.ts'
import { createComparisonWork, type ComparisonWork } from './language/comparison-work.ts'
import { summarize, type PowerChange, type PowerDifference } from './power-difference.ts'

/**
 * Says which issuers another version of an issuer list permits that the one before did not, and the other way round.
 * Undefined: there is no list, which permits all issuers (but for owners that the operator requires to have one).
 * As sound and as bounded as `comparePower`.
 */
export function compareIssuerLists(
  before: IssuerList | undefined,
  after: IssuerList | undefined,
): PowerDifference {
  const [was, is] = [limitOf(before), limitOf(after)]
  if (was === undefined && is === undefined) return summarize([])
  if (was === undefined) {
    const text = ['permits the listed issuers alone, before any issuer']
    return summarize([{ effect: 'loss', field: before === undefined ? 'issuers' : 'mode', text }])
  }
  if (is === undefined) {
    const text =
      after === undefined
        ? ['is gone, so that any issuer is permitted']
        : ['permits any issuer: the mode audit only records those that are not listed']
    return summarize([{ effect: 'gain', field: after === undefined ? 'issuers' : 'mode', text }])
  }
  const work = createComparisonWork()
  return summarize([
    ...is.flatMap((entry) => compareEntry(entry, was, { effect: 'gain', verb: 'permits ' }, work)),
    ...was.flatMap((entry) => compareEntry(entry, is, { effect: 'loss', verb: 'no longer permits ' }, work)),
  ])
}

/** The issuers that a list permits; undefined for any. */
function limitOf(list: IssuerList | undefined): readonly Matcher[] | undefined {
  if (list === undefined || list.mode === 'audit') return undefined
  return [
    ...Array.from(list.issuers, (value): Matcher => ({ kind: 'exact', value })),
    ...list.patterns.map((expression): Matcher => ({ kind: 'pattern', expression })),
  ]
}

function compareEntry(
  entry: Matcher,
  others: readonly Matcher[],
  { effect, verb }: { readonly effect: 'gain' | 'loss'; readonly verb: string },
  work: ComparisonWork,
): readonly PowerChange[] {
  const field = entry.kind === 'exact' ? 'issuers' : 'issuer_patterns'
  switch (isPart(entry, others, PRINTABLE, work)) {
    case 'included':
      return []
    case 'not_included':
      return [{ effect, field, text: [verb, ...describeIssuer(entry)] }]
    case 'undecided': {
      const text = [verb, ...describeIssuer(entry), ', which may overlap with what else is listed']
      return [{ effect: 'change', field, text }]
    }
  }
}
