import { readAppPools, withoutReplaced } from './app-pools.ts'
import type { ConfigError } from './config-error.ts'
import { deepFreeze, type ConfigResult, type ConfigSources } from './config-result.ts'
import { readGitHub, type GitHubConfig } from './github-config.ts'
import { checkLaterVariables, readValues } from './read-values.ts'
import type { ServiceConfig } from './service-config.ts'
import { readStore, type StoreConfig } from './store-config.ts'
import { readTelemetry, type TelemetryConfig } from './telemetry-config.ts'
import { warnOfUnknownVariables } from './unknown-variable.ts'
import type { Environment } from './variable.ts'
import { VARIABLE_NAMES } from './variables.ts'
import { readWebhookSecrets, warnOfWhiteSpace, type WebhookSecrets } from './webhook-secrets.ts'
import { LATER_WEBHOOK_VARIABLES, WEBHOOK_VARIABLES } from './webhook-variables.ts'

/** All that the webhook is told from outside, validated and frozen. Holds private keys and secrets. */
export interface WebhookConfig {
  readonly logLevel: ServiceConfig['logLevel']
  readonly listener: Pick<ServiceConfig['listener'], 'host' | 'port' | 'drainDelayMs'>
  readonly github: GitHubConfig
  readonly store: StoreConfig
  readonly webhook: WebhookSecrets & {
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
  const values = readValues(WEBHOOK_VARIABLES, withoutReplaced(environment), report)
  const laterWarnings = checkLaterVariables(LATER_WEBHOOK_VARIABLES, environment, report)
  const secrets = readWebhookSecrets(values, environment, report)
  const apps = readAppPools(values, environment, sources, report)
  const warnings = [
    ...laterWarnings,
    ...warnOfUnknownVariables(environment, new Set([...VARIABLE_NAMES, ...(apps?.references ?? [])])),
    ...warnOfWhiteSpace(secrets, values),
  ]
  const github = readGitHub(values, apps?.pools ?? [], sources.readFile, report)
  const store = readStore(values, undefined, environment, sources.readFile, report)
  const telemetry = readTelemetry(values, true, report)
  const { PORT: port } = values
  if (errors.length > 0 || apps === undefined || port === undefined || secrets === undefined) {
    return { ok: false, errors, warnings }
  }
  const organizations = values.GITHUB_WEBHOOK_ORGANIZATION_FILTER
  const config: WebhookConfig = {
    logLevel: values.STS_LOG_LEVEL,
    listener: { host: values.STS_HOST, port, drainDelayMs: values.STS_DRAIN_DELAY },
    github,
    store,
    webhook: {
      ...secrets,
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
