/** The audience of all tokens. */
export const DOMAIN = 'sts.example.com'
/** The subject that every policy accepts. */
export const SUBJECT = 'repo:acme/app:ref:refs/heads/main'
/** A subject that none does. */
export const REFUSED_SUBJECT = 'repo:acme/app:ref:refs/heads/other'

const POLICIES_PER_REPOSITORY = 10
const PATTERN_EVERY = 4

/** How much there is in a GitHub to measure with. */
export interface WorldShape {
  readonly owners: number
  /** Spread over the owners in turn, ten to a repository. */
  readonly policies: number
  /** Named by the policies in turn. */
  readonly issuers: number
  /** One policy in so many has two expressions, which no other has; default 4, and 0: none has. */
  readonly patternEvery?: number
  /** One policy in so many gives `checks: write` in place of `issues: write`; default 0: none. */
  readonly checksEvery?: number
  /** On every owner, with one key; default 1. */
  readonly apps?: number
}

/** What an exchange asks for. */
export interface ExchangeTarget {
  /** `owner/repository`. */
  readonly scope: string
  readonly identity: string
  /** Which issuer the policy names. */
  readonly issuer: number
}

export function ownerName(owner: number): string {
  return `org-${owner}`
}

/** Where the policy with this number is, and whom it trusts. */
export function targetOf(policy: number, shape: WorldShape): ExchangeTarget {
  const place = Math.floor(policy / shape.owners)
  const repository = `app-${Math.floor(place / POLICIES_PER_REPOSITORY)}`
  return {
    scope: `${ownerName(policy % shape.owners)}/${repository}`,
    identity: `policy-${policy}`,
    issuer: policy % shape.issuers,
  }
}

/** A policy by the number of its owner, of the repository in it and of its place there. */
export function targetAt(
  {
    owner,
    repository,
    place,
  }: { readonly owner: number; readonly repository: number; readonly place: number },
  shape: WorldShape,
): ExchangeTarget {
  return targetOf((repository * POLICIES_PER_REPOSITORY + place) * shape.owners + owner, shape)
}

export function policyPath({ identity }: ExchangeTarget): string {
  return `.github/chainguard/${identity}.sts.yaml`
}

/** Number 0 has the plainest policy that there is. */
export function policyText(
  policy: number,
  issuer: string,
  { patternEvery = PATTERN_EVERY, checksEvery = 0 }: WorldShape,
): string {
  const lines =
    patternEvery > 0 && policy % patternEvery === patternEvery - 1
      ? [
          `subject_pattern: repo:acme/app:ref:refs/heads/(main|release-${policy}-[0-9]+)`,
          'claim_pattern:',
          `  repository: acme/(app|app-${policy})`,
        ]
      : [`subject: ${SUBJECT}`]
  const written = checksEvery > 0 && policy % checksEvery === checksEvery - 1 ? 'checks' : 'issues'
  const permissions = ['permissions:', '  contents: read', `  ${written}: write`, '']
  return [`issuer: ${issuer}`, ...lines, ...permissions].join('\n')
}
