import { isSameName, type Scope } from './names.ts'
import type { PolicyLevel } from './trust-policy.ts'

/** The folder of all policies, in every repository. */
export const POLICY_FOLDER = '.github/chainguard'

/** The organization's issuer list, in the repository of its policies. */
export const ISSUER_LIST_PATH = `${POLICY_FOLDER}/trusted-token-issuers.yaml`

/** What the name of every policy ends with. */
export const POLICY_SUFFIX = '.sts.yaml'

/** Where a trust policy is, and what a token of it reaches. */
export interface PolicyLocation {
  readonly level: PolicyLevel
  readonly owner: string
  /** The repository that the file is in; always its default branch. */
  readonly repository: string
  readonly path: string
  /**
   * What a policy that names no `repositories` grants: these repositories, or all of the installation. A repository
   * level policy cannot name any, so there this is what the token is for.
   */
  readonly defaultRepositories: readonly string[] | 'all'
}

/** The path of an identity's policy. The identity must have passed `isIdentity`. */
export function policyPath(identity: string): string {
  return `${POLICY_FOLDER}/${identity}${POLICY_SUFFIX}`
}

/**
 * Where the trust policy of a scope and an identity is read from.
 *
 * The scope `owner/<orgPolicyRepo>` reads the same file as the scope `owner`, also at organization level; but a policy
 * without `repositories` then grants that one repository instead of all (octo-sts does the same).
 */
export function locatePolicy(scope: Scope, identity: string, orgPolicyRepo: string): PolicyLocation {
  const { owner, repository } = scope
  const path = policyPath(identity)
  if (repository === undefined) {
    return { level: 'organization', owner, repository: orgPolicyRepo, path, defaultRepositories: 'all' }
  }
  if (isSameName(repository, orgPolicyRepo)) {
    return {
      level: 'organization',
      owner,
      repository: orgPolicyRepo,
      path,
      defaultRepositories: [orgPolicyRepo],
    }
  }
  return { level: 'repository', owner, repository, path, defaultRepositories: [repository] }
}
