import { compileExpression } from '../expression/expression.ts'
import type { Matcher } from '../trust-policy.ts'
import { compareOverlap } from './compare-matchers.ts'
import { PRINTABLE } from './language/compare-languages.ts'
import type { ComparisonWork } from './language/comparison-work.ts'

/** The subjects of runs for pull requests, in the default form. */
const PULL_REQUESTS = 'repo:[^:]+:pull_request'

/**
 * Whether a subject of GitHub Actions takes runs for pull requests among others. `undecided` also for one that is
 * written out, which says it itself.
 */
export function takesPullRequests(subject: Matcher, work: ComparisonWork): 'some' | 'never' | 'undecided' {
  const pullRequests = compileExpression(PULL_REQUESTS)
  if (!pullRequests.ok) return 'undecided'
  if (subject.kind === 'exact') {
    return pullRequests.expression.matches(subject.value) ? 'undecided' : 'never'
  }
  const overlap = compareOverlap(subject.expression, pullRequests.expression, PRINTABLE, work)
  return overlap === 'found' ? 'some' : overlap === 'none' ? 'never' : 'undecided'
}
