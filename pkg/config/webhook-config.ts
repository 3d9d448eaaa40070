import type { ConfigError } from './config-error.ts'
import { deepFreeze, type ConfigResult, type ConfigSources } from './config-result.ts'
import { readGitHub, type GitHubConfig } from './github-config.ts'
import { checkLaterVariables, readValues } from './read-values.ts'
import type { ServiceConfig } from './service-config.ts'
import { readTelemetry, type TelemetryConfig } from './telemetry-config.ts'
import { warnOfUnknownVariables } from './unknown-variable.ts'
import type { Environment } from './variable.ts'
import { VARIABLE_NAMES } from './variables.ts'
import { LATER_WEBHOOK_VARIABLES, WEBHOOK_VARIABLES, type WebhookValues } from './webhook-variables.ts'

/** All that the webhook is told from outside, validated and frozen. Holds a private key and secrets. */
export interface WebhookConfig {
  readonly logLevel: ServiceConfig['logLevel']
  readonly listener: Pick<ServiceConfig['listener'], 'host' | 'port' | 'drainDelayMs'>
  readonly github: GitHubConfig
  readonly webhook: {
    /** At least one; each may have signed a delivery. */
    readonly secrets: readonly string[]
    /** Organizations, in lower case, whose deliveries are worked; undefined: all. */
    readonly organizations: ReadonlySet<string> | undefined
    /** Whether a check run is made only where a trust policy changed. */
    readonly checks: 'changed' | 'always'
  }
  readonly policies: Pick<
    ServiceConfig['policies'],
    'orgPolicyRepo' | 'strict' | 'allowOrgPermissionsInRepoPolicies'
  > & { readonly allowLoopbackIssuers: boolean }
  readonly telemetry: TelemetryConfig
}

export type WebhookConfigResult = ConfigResult<WebhookConfig>

/**
 * Reads the configuration of the webhook. Never throws: gives either a configuration, or everything that is
 * wrong with it at once.
 */
export function readWebhookConfig(environment: Environment, sources: ConfigSources): WebhookConfigResult {
  const errors: ConfigError[] = []
  const report = (error: ConfigError): void => void errors.push(error)
  const values = readValues(WEBHOOK_VARIABLES, environment, report)
  const warnings = [
    ...checkLaterVariables(LATER_WEBHOOK_VARIABLES, environment, values.STS_STRICT_CONFIG, report),
    ...warnOfUnknownVariables(environment, VARIABLE_NAMES),
    ...warnOfWhiteSpace(values),
  ]
  const github = readGitHub(values, environment, sources, report)
  const telemetry = readTelemetry(values, true, report)
  const { PORT: port, GITHUB_WEBHOOK_SECRET: secret } = values
  if (errors.length > 0 || github === undefined || port === undefined || secret === undefined) {
    return { ok: false, errors, warnings }
  }
  const organizations = values.GITHUB_WEBHOOK_ORGANIZATION_FILTER
  const config: WebhookConfig = {
    logLevel: values.STS_LOG_LEVEL,
    listener: { host: values.STS_HOST, port, drainDelayMs: values.STS_DRAIN_DELAY },
    github,
    webhook: {
      secrets: [...new Set([secret, ...(values.STS_WEBHOOK_SECRETS ?? [])])],
      organizations: organizations === undefined ? undefined : new Set(organizations),
      checks: values.STS_CHECKS,
    },
    policies: {
      orgPolicyRepo: values.ORG_POLICY_REPO,
      strict: values.STS_STRICT_POLICIES,
      allowOrgPermissionsInRepoPolicies: values.STS_ALLOW_ORG_PERMISSIONS_IN_REPO_POLICIES,
      allowLoopbackIssuers: values.STS_ALLOW_LOOPBACK_ISSUERS,
    },
    telemetry,
  }
  return { ok: true, config: deepFreeze(config), warnings }
}

/** A secret that was read from a file often has its last line feed still, and then no signature matches. */
function warnOfWhiteSpace({ GITHUB_WEBHOOK_SECRET: secret }: WebhookValues): readonly string[] {
  if (secret === undefined || secret === secret.trim()) return []
  return ['GITHUB_WEBHOOK_SECRET begins or ends with white space, which is taken as part of it']
}
