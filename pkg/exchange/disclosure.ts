import type { DenialDetail } from '#pkg/config'
import { denialOf, mismatchDenial, quote, type Denial, type StsError } from '#pkg/errors'
import type { VerifiedToken } from '#pkg/oidc'
import { claimOf, isSameName } from '#pkg/policy'

/** What is known about the caller when an exchange has failed. */
export interface DisclosureContext {
  /** Undefined until the token is verified. */
  readonly token: VerifiedToken | undefined
  readonly owner: string
  /**
   * Who is told what a policy expected: callers who belong to the owner of the target, everyone, or no one.
   * `uniform` also answers strangers with one and the same NOT_FOUND, so that they cannot guess which
   * installations, policies and repositories exist.
   */
  readonly detail: DenialDetail
  /** Tells the issuers whose `repository_owner` GitHub itself vouches for. */
  readonly isGitHubIssuer: (issuer: string) => boolean
}

/** What the caller is told about `error`. The record keeps the error itself. */
export function disclose(error: StsError, context: DisclosureContext): Denial {
  const belongs = belongsToOwner(context)
  if (context.detail === 'uniform' && !belongs && REVEALS_NAMES.has(error.reason)) {
    return denialOf('POLICY_NOT_FOUND')
  }
  const { field, actual, expected } = error.detail
  if (error.code !== 'POLICY_MISMATCH' || typeof field !== 'string') {
    return denialOf(error.code, error.retryAfterMs)
  }
  const mayKnow = context.detail === 'always' || (context.detail !== 'never' && belongs)
  return mismatchDenial({
    field: printable(field),
    actual: typeof actual === 'string' ? printable(actual) : undefined,
    expected: mayKnow && typeof expected === 'string' ? printable(expected) : undefined,
  })
}

/** Cut, and without the characters by which a value could rewrite the line or the terminal it is shown in. */
function printable(value: string): string {
  return quote(value).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD')
}

/** The reasons from which a stranger could tell that a name exists, or that it does not. */
const REVEALS_NAMES: ReadonlySet<string> = new Set([
  'owner_not_allowed',
  'app_pool_missing',
  'installation_missing',
  'installation_suspended',
  'issuer_not_on_organization_list',
  'issuer_list_invalid',
  'issuer_list_required',
  'policy_missing',
  'policy_invalid',
  // What is there is served all the same.
  'miss_budget_spent',
  'issuer_mismatch',
  'subject_mismatch',
  'audience_mismatch',
  'claim_mismatch',
  'claim_forbidden',
  'lifetime_exceeded',
  'origin_mismatch',
] satisfies StsError['reason'][])

/**
 * True when the verified token proves that its bearer runs in a repository of the target's owner.
 * The issuer counts as much as the claim: anyone can run an issuer that claims a `repository_owner`.
 */
export function belongsToOwner({
  token,
  owner,
  isGitHubIssuer,
}: Pick<DisclosureContext, 'token' | 'owner' | 'isGitHubIssuer'>): boolean {
  if (token === undefined || !isGitHubIssuer(token.issuer)) return false
  const claimed = claimOf(token.claims, 'repository_owner') ? token.claims['repository_owner'] : undefined
  return typeof claimed === 'string' && isSameName(claimed, owner)
}

/**
 * The issuers of the GitHub that serves its REST API at `apiBaseUrl`, compared byte for byte:
 * github.com's with or without an enterprise slug, a GHE.com tenant's, or that of an Enterprise Server.
 *
 * @see https://docs.github.com/en/actions/reference/security/oidc
 * @see https://docs.github.com/en/enterprise-server/actions/reference/security/oidc
 */
export function gitHubIssuerTest(apiBaseUrl: string): (issuer: string) => boolean {
  const { hostname, host, protocol } = new URL(apiBaseUrl)
  if (hostname === 'api.github.com') return (issuer) => DOT_COM_ISSUER.test(issuer)
  const tenant = /^api\.([a-z0-9-]+\.ghe\.com)$/.exec(hostname)?.[1]
  const expected =
    tenant === undefined ? `${protocol}//${host}/_services/token` : `https://token.actions.${tenant}`
  return (issuer) => issuer === expected
}

const DOT_COM_ISSUER = /^https:\/\/token\.actions\.githubusercontent\.com(?:\/[A-Za-z0-9-]+)?$/
