import type { CompiledTrustPolicy, Matcher } from '../trust-policy.ts'
import { compareMatchers } from './compare-matchers.ts'
import { describeAudience } from './describe-power.ts'
import { describeIssuer, isGitHubActions } from './describe-issuer.ts'
import { describeSubject, showSubject } from './describe-subject.ts'
import type { ComparisonWork } from './language/comparison-work.ts'
import { PRINTABLE } from './language/compare-languages.ts'
import type { PowerChange } from './power-difference.ts'
import { isSameText, type PowerText } from './power-text.ts'
import { takesPullRequests } from './pull-requests.ts'

/** What is said of a part of a token's identity, in front of who it is. */
interface IdentityWords {
  readonly verb: string
  readonly more: string
  readonly fewer: string
}

const ISSUER: IdentityWords = {
  verb: 'trusts',
  more: 'trusts more issuers',
  fewer: 'trusts fewer issuers',
}
const SUBJECT: IdentityWords = { verb: 'lets in', more: 'lets in more', fewer: 'lets in less' }
const AUDIENCE: IdentityWords = {
  verb: 'takes tokens for',
  more: 'takes tokens for more audiences',
  fewer: 'takes tokens for fewer audiences',
}

/** What became of the issuer. */
export function compareIssuers(
  before: CompiledTrustPolicy,
  after: CompiledTrustPolicy,
  work: ComparisonWork,
): readonly PowerChange[] {
  const [was, is] = [describeIssuer(before.issuer), describeIssuer(after.issuer)]
  return compare('issuer', ISSUER, before.issuer, after.issuer, [was, is], work)
}

/** What became of the subject, and whether runs of pull requests are let in. */
export function compareSubjects(
  before: CompiledTrustPolicy,
  after: CompiledTrustPolicy,
  work: ComparisonWork,
): readonly PowerChange[] {
  const words = [describeSubject(before), describeSubject(after)] as const
  const texts = isSameText(...words)
    ? ([showSubject(before.subject), showSubject(after.subject)] as const)
    : words
  const changes = compare('subject', SUBJECT, before.subject, after.subject, texts, work)
  return changes.length === 0 ? [] : [...changes, ...comparePullRequests(before, after, work)]
}

/** What became of the audience. Which one a policy without any asks for is not known here. */
export function compareAudiences(
  before: CompiledTrustPolicy,
  after: CompiledTrustPolicy,
  work: ComparisonWork,
): readonly PowerChange[] {
  const texts = [describeAudience(before.audience), describeAudience(after.audience)] as const
  if (before.audience !== undefined && after.audience !== undefined) {
    return compare('audience', AUDIENCE, before.audience, after.audience, texts, work)
  }
  if (before.audience === after.audience) return []
  const text = ['takes tokens for ', ...texts[1], ' instead of ', ...texts[0]]
  return [{ effect: 'change', field: 'audience', text }]
}

function compare(
  field: string,
  { verb, more, fewer }: IdentityWords,
  before: Matcher,
  after: Matcher,
  [was, is]: readonly [was: PowerText, is: PowerText],
  work: ComparisonWork,
): readonly PowerChange[] {
  const text: PowerText = [...is, ' instead of ', ...was]
  switch (compareMatchers(before, after, PRINTABLE, work)) {
    case 'same':
      return []
    case 'wider':
      return [{ effect: 'gain', field, text: [`${more}: `, ...text] }]
    case 'narrower':
      return [{ effect: 'loss', field, text: [`${fewer}: `, ...text] }]
    case 'different': {
      const doubt = after.kind === 'pattern' ? [', which may let in others'] : []
      return [{ effect: 'change', field, text: [`${verb} `, ...text, ...doubt] }]
    }
  }
}

function comparePullRequests(
  before: CompiledTrustPolicy,
  after: CompiledTrustPolicy,
  work: ComparisonWork,
): readonly PowerChange[] {
  if (!isGitHubActions(before.issuer) || !isGitHubActions(after.issuer)) return []
  const was = takesPullRequests(before.subject, work)
  const is = takesPullRequests(after.subject, work)
  const field = 'subject'
  if (was === 'never' && is === 'some') {
    return [{ effect: 'gain', field, text: ['lets in pull requests'] }]
  }
  if (was === 'some' && is === 'never') {
    return [{ effect: 'loss', field, text: ['lets nobody in from pull requests any more'] }]
  }
  return []
}
