/**
 * Every column of octo-sts's table of exchanges: path, type, mode. Tables that were made with it are extended, so none of
 * these may go or change. https://github.com/octo-sts/app/blob/main/env/octo-sts/sts_exchange.schema.json
 */
export const OCTO_STS_COLUMNS: readonly string[] = `
actor RECORD NULLABLE
actor.iss STRING NULLABLE
actor.sub STRING NULLABLE
actor.claims RECORD REPEATED
actor.claims.name STRING NULLABLE
actor.claims.value STRING NULLABLE
trust_policy RECORD NULLABLE
trust_policy.issuer STRING NULLABLE
trust_policy.issuer_pattern STRING NULLABLE
trust_policy.subject STRING NULLABLE
trust_policy.subject_pattern STRING NULLABLE
trust_policy.audience STRING NULLABLE
trust_policy.audience_pattern STRING NULLABLE
trust_policy.claim_pattern RECORD NULLABLE
trust_policy.claim_pattern.event_name STRING NULLABLE
trust_policy.claim_pattern.job_workflow_ref STRING NULLABLE
trust_policy.claim_pattern.repository STRING NULLABLE
trust_policy.claim_pattern.workflow_ref STRING NULLABLE
trust_policy.claim_pattern.email STRING NULLABLE
trust_policy.claim_pattern.email_verified STRING NULLABLE
trust_policy.claim_pattern.actor STRING NULLABLE
trust_policy.claim_pattern.base_ref STRING NULLABLE
trust_policy.claim_pattern.aud STRING NULLABLE
trust_policy.repositories STRING REPEATED
trust_policy.permissions RECORD NULLABLE
trust_policy.permissions.actions STRING NULLABLE
trust_policy.permissions.administration STRING NULLABLE
trust_policy.permissions.attestations STRING NULLABLE
trust_policy.permissions.blocking STRING NULLABLE
trust_policy.permissions.checks STRING NULLABLE
trust_policy.permissions.contents STRING NULLABLE
trust_policy.permissions.content_references STRING NULLABLE
trust_policy.permissions.deployments STRING NULLABLE
trust_policy.permissions.emails STRING NULLABLE
trust_policy.permissions.environments STRING NULLABLE
trust_policy.permissions.followers STRING NULLABLE
trust_policy.permissions.issues STRING NULLABLE
trust_policy.permissions.metadata STRING NULLABLE
trust_policy.permissions.members STRING NULLABLE
trust_policy.permissions.organization_administration STRING NULLABLE
trust_policy.permissions.organization_custom_roles STRING NULLABLE
trust_policy.permissions.organization_hooks STRING NULLABLE
trust_policy.permissions.organization_packages STRING NULLABLE
trust_policy.permissions.organization_plan STRING NULLABLE
trust_policy.permissions.organization_pre_receive_hooks STRING NULLABLE
trust_policy.permissions.organization_projects STRING NULLABLE
trust_policy.permissions.organization_secrets STRING NULLABLE
trust_policy.permissions.organization_self_hosted_runners STRING NULLABLE
trust_policy.permissions.organization_user_blocking STRING NULLABLE
trust_policy.permissions.packages STRING NULLABLE
trust_policy.permissions.pages STRING NULLABLE
trust_policy.permissions.pull_requests STRING NULLABLE
trust_policy.permissions.repository_hooks STRING NULLABLE
trust_policy.permissions.repository_projects STRING NULLABLE
trust_policy.permissions.repository_pre_receive_hooks STRING NULLABLE
trust_policy.permissions.secrets STRING NULLABLE
trust_policy.permissions.secret_scanning_alerts STRING NULLABLE
trust_policy.permissions.security_events STRING NULLABLE
trust_policy.permissions.single_file STRING NULLABLE
trust_policy.permissions.statuses STRING NULLABLE
trust_policy.permissions.team_discussions STRING NULLABLE
trust_policy.permissions.vulnerability_alerts STRING NULLABLE
trust_policy.permissions.workflows STRING NULLABLE
installation_id NUMERIC NULLABLE
scope STRING NULLABLE
identity STRING NULLABLE
token_sha256 STRING NULLABLE
error STRING NULLABLE
time TIMESTAMP NULLABLE
`
  .trim()
  .split('\n')
