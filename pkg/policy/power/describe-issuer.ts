import { GITHUB_ACTIONS_ISSUER } from '../github-subject.ts'
import { SHARED_ISSUERS } from '../lint/tenancy.ts'
import type { Matcher } from '../trust-policy.ts'
import { literalText } from './literal-text.ts'
import { code, type PowerText } from './power-text.ts'

/** Who issues the tokens: by name where the issuer is exactly one that everybody knows, else as it is written. */
export function describeIssuer(issuer: Matcher): PowerText {
  const url = literalText(issuer)
  if (url === undefined) {
    return issuer.kind === 'pattern' ? ['issuers that match ', ...code(issuer.expression.pattern)] : []
  }
  const known = SHARED_ISSUERS.find(({ values }) => values.some(([value, other]) => value === url && !other))
  if (known !== undefined) return [known.name]
  const enterprise = enterpriseOf(url)
  return enterprise === undefined ? code(url) : ['GitHub Actions of the enterprise ', ...code(enterprise)]
}

/** Whether all tokens are of GitHub Actions on github.com, so that their subjects have its forms. */
export function isGitHubActions(issuer: Matcher): boolean {
  const url = literalText(issuer)
  return url !== undefined && (url === GITHUB_ACTIONS_ISSUER || enterpriseOf(url) !== undefined)
}

function enterpriseOf(url: string): string | undefined {
  const slug = url.startsWith(`${GITHUB_ACTIONS_ISSUER}/`) ? url.slice(GITHUB_ACTIONS_ISSUER.length + 1) : ''
  return slug === '' || slug.includes('/') ? undefined : slug
}
