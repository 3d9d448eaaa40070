import type { LintContext, LintFinding, LintRule } from './lint-rule.ts'
import { isSameName } from '../names.ts'
import type { CompiledTrustPolicy } from '../trust-policy.ts'

/** Permissions whose holder can give itself more. */
const SENSITIVE_PERMISSIONS = ['administration', 'secrets', 'workflows']

/** Permissions that are enough to change a policy: through its file, or through the rules that protect it. */
const POLICY_CHANGING_PERMISSIONS = ['administration', 'contents']

/** Fields that octo-sts refuses. */
const EXTENSION_FIELDS = ['max_token_lifetime', 'forbidden_claim_pattern', 'origin', 'description'] as const

export const findSensitivePermissions: LintRule = ({ source }) =>
  SENSITIVE_PERMISSIONS.filter((name) => writes(source.permissions, name)).map((name) => ({
    code: 'sensitive_permission',
    path: `permissions.${name}`,
    message: `who may write ${name} can give itself further access: grant read, if that will do`,
  }))

/** A grant that is enough to rewrite the policy it comes from, or others beside it. */
export const findSelfWideningGrants: LintRule = (policy, context) => {
  if (!reachesPolicies(policy, context)) return []
  return POLICY_CHANGING_PERMISSIONS.filter((name) => writes(policy.source.permissions, name)).map(
    (name) => ({
      code: 'can_change_policies',
      path: `permissions.${name}`,
      message: `${name} to write on a repository that holds trust policies lets its holder change them: have changes of .github/chainguard reviewed`,
    }),
  )
}

export const findUnlimitedOrganizationGrants: LintRule = ({ level, source }) => {
  if (level !== 'organization' || source.repositories !== undefined) return []
  const message =
    'without repositories, the token is for all repositories that the App is installed on: list those that are needed'
  return [{ code: 'all_repositories', path: 'permissions', message }]
}

export const findExtensions: LintRule = ({ source }) =>
  EXTENSION_FIELDS.filter((field) => source[field] !== undefined).map((field): LintFinding => ({
    code: 'not_portable',
    path: field,
    message: `octo-sts does not read ${field}, and refuses a policy that has it`,
  }))

function writes(permissions: CompiledTrustPolicy['source']['permissions'], name: string): boolean {
  return Object.hasOwn(permissions, name) && permissions[name] !== 'read'
}

/** A repository level policy sits in the repository that it is for. */
function reachesPolicies({ level, source }: CompiledTrustPolicy, context: LintContext): boolean {
  if (level === 'repository' || source.repositories === undefined) return true
  const { orgPolicyRepo } = context
  return orgPolicyRepo !== undefined && source.repositories.some((name) => isSameName(name, orgPolicyRepo))
}
