import { checkAudience, checkIssuer, checkSubject } from '../token-syntax.ts'
import type { LintFinding, LintRule } from './lint-rule.ts'

/** Values that no token can have: one that has is refused before a policy is looked at. */
export const findValuesOfNoToken: LintRule = ({ source: { issuer, subject, audience } }) => {
  // Whether http is for a loopback issuer that is let in, only a service knows.
  const verdicts = {
    issuer: issuer === undefined ? undefined : checkIssuer(issuer, { allowLoopback: true }),
    subject: subject === undefined ? undefined : checkSubject(subject),
    audience: audience === undefined ? undefined : checkAudience(audience),
  }
  return Object.entries(verdicts).flatMap(([path, verdict]): readonly LintFinding[] =>
    verdict === undefined || verdict.ok
      ? []
      : [{ code: 'never_matches', path, message: `no token can have this ${path}: it ${verdict.problem}` }],
  )
}
