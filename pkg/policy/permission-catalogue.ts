import type { PermissionLevel } from './trust-policy.ts'

/**
 * What a permission acts on. `account` permissions are about the user behind a token; an installation's token has
 * no such user, and GitHub lists them with the others.
 */
export type PermissionKind = 'repository' | 'organization' | 'enterprise' | 'account'

export interface Permission {
  readonly kind: PermissionKind
  /** The levels that GitHub knows for it, weakest first. */
  readonly levels: readonly PermissionLevel[]
}

/** The day of the release of GitHub's OpenAPI description (23.0.2) that the catalogue was checked against. */
export const PERMISSION_CATALOGUE_DATE = '2026-09-09'

const READ = ['read'] as const
const WRITE = ['write'] as const
const READ_WRITE = ['read', 'write'] as const
const ALL = ['read', 'write', 'admin'] as const

const LEVELS: Readonly<Record<PermissionKind, Readonly<Record<string, readonly PermissionLevel[]>>>> = {
  repository: {
    actions: READ_WRITE,
    administration: READ_WRITE,
    artifact_metadata: READ_WRITE,
    attestations: READ_WRITE,
    checks: READ_WRITE,
    code_quality: READ_WRITE,
    codespaces: READ_WRITE,
    contents: READ_WRITE,
    dependabot_secrets: READ_WRITE,
    deployments: READ_WRITE,
    discussions: READ_WRITE,
    environments: READ_WRITE,
    issues: READ_WRITE,
    merge_queues: READ_WRITE,
    metadata: READ_WRITE,
    packages: READ_WRITE,
    pages: READ_WRITE,
    pull_requests: READ_WRITE,
    repository_custom_properties: READ_WRITE,
    repository_hooks: READ_WRITE,
    repository_projects: ALL,
    secret_scanning_alerts: READ_WRITE,
    secrets: READ_WRITE,
    security_events: READ_WRITE,
    single_file: READ_WRITE,
    statuses: READ_WRITE,
    vulnerability_alerts: READ_WRITE,
    workflows: WRITE,
  },
  organization: {
    custom_properties_for_organizations: READ_WRITE,
    members: READ_WRITE,
    organization_administration: READ_WRITE,
    organization_announcement_banners: READ_WRITE,
    organization_copilot_agent_settings: READ_WRITE,
    organization_copilot_seat_management: READ_WRITE,
    organization_custom_org_roles: READ_WRITE,
    organization_custom_properties: ALL,
    organization_custom_roles: READ_WRITE,
    organization_events: READ,
    organization_hooks: READ_WRITE,
    organization_packages: READ_WRITE,
    organization_personal_access_token_requests: READ_WRITE,
    organization_personal_access_tokens: READ_WRITE,
    organization_plan: READ,
    organization_projects: ALL,
    organization_secrets: READ_WRITE,
    organization_self_hosted_runners: READ_WRITE,
    organization_user_blocking: READ_WRITE,
  },
  enterprise: {
    enterprise_custom_properties_for_organizations: ALL,
  },
  account: {
    email_addresses: READ_WRITE,
    followers: READ_WRITE,
    git_ssh_keys: READ_WRITE,
    gpg_keys: READ_WRITE,
    interaction_limits: READ_WRITE,
    profile: WRITE,
    starring: READ_WRITE,
  },
}

/**
 * Every permission of an installation token, by name: the schema `app-permissions` of GitHub's OpenAPI description
 * (https://github.com/github/rest-api-description), whose descriptions tell the kind.
 */
export const PERMISSIONS: ReadonlyMap<string, Permission> = new Map([
  ...ofKind('repository'),
  ...ofKind('organization'),
  ...ofKind('enterprise'),
  ...ofKind('account'),
])

function ofKind(kind: PermissionKind): [string, Permission][] {
  return Object.entries(LEVELS[kind]).map(([name, levels]) => [name, { kind, levels }])
}

/**
 * Whether a permission lets its holder act on the organization or enterprise, which GitHub does not narrow by
 * repository. Unknown names are judged by their first word.
 */
export function isBeyondRepositories(name: string): boolean {
  const permission = PERMISSIONS.get(name)
  if (permission === undefined) return name.startsWith('organization_') || name.startsWith('enterprise_')
  return permission.kind === 'organization' || permission.kind === 'enterprise'
}
