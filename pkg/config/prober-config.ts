import { describeValue, type ConfigError } from './config-error.ts'
import { deepFreeze, type ConfigResult, type ConfigSources } from './config-result.ts'
import { proxyOf, readAuthorities, type GitHubConfig, type ProxyConfig } from './github-config.ts'
import { readProberToken, type ProberTokenConfig } from './prober-token.ts'
import { LATER_PROBER_VARIABLES, PROBER_VARIABLES, type ProberValues } from './prober-variables.ts'
import { checkLaterVariables, readValues } from './read-values.ts'
import type { ServiceConfig } from './service-config.ts'
import { readTelemetry, type TelemetryConfig } from './telemetry-config.ts'
import { warnOfUnknownVariables } from './unknown-variable.ts'
import type { Environment } from './variable.ts'
import { VARIABLE_NAMES } from './variables.ts'

/** All that a prober is told from outside, validated and frozen. May hold secrets. */
export interface ProberConfig {
  readonly logLevel: ServiceConfig['logLevel']
  /** Of the form that runs on; without a port, the system chooses. */
  readonly listener: Pick<ServiceConfig['listener'], 'host' | 'port' | 'drainDelayMs'>
  readonly service: {
    /** Where it is reached, without a trailing slash. */
    readonly url: string
    /** The audience of the tokens that are exchanged. */
    readonly domain: string
  }
  readonly identity: string
  /** `owner/repository`. */
  readonly scope: string
  /** Milliseconds from one run to the next; at least 1,000. */
  readonly intervalMs: number
  /** Without a trailing slash. */
  readonly gitHubBaseUrl: string
  /** How calls to GitHub and to the service leave; undefined: directly. */
  readonly proxy: ProxyConfig | undefined
  /** As for GitHub, and for the service too. */
  readonly certificateAuthorities: GitHubConfig['certificateAuthorities']
  /** What the `Authorization` header of a request has to be; undefined: nobody is asked for it. */
  readonly authorization: string | undefined
  readonly token: ProberTokenConfig
  readonly telemetry: TelemetryConfig
}

export type ProberConfigResult = ConfigResult<ProberConfig>

/** A single run has no port. */
const ONCE_OPTIONAL: ReadonlySet<string> = new Set(['PORT'])

/** How a prober runs. */
export interface ProberOptions {
  /** One run, and no port. */
  readonly once: boolean
}

/**
 * Reads the configuration of a prober. Never throws: gives either a configuration, or everything that is wrong with
 * it at once.
 */
export function readProberConfig(
  environment: Environment,
  { readFile }: Pick<ConfigSources, 'readFile'>,
  { once }: ProberOptions,
): ProberConfigResult {
  const errors: ConfigError[] = []
  const report = (error: ConfigError): void => void errors.push(error)
  const values = readValues(PROBER_VARIABLES, environment, report, once ? ONCE_OPTIONAL : undefined)
  const warnings = [
    ...checkLaterVariables(LATER_PROBER_VARIABLES, environment, report),
    ...warnOfUnknownVariables(environment, VARIABLE_NAMES),
  ]
  const url = readServiceUrl(values, report)
  const certificateAuthorities = readAuthorities('SSL_CERT_FILE', values.SSL_CERT_FILE, readFile, report)
  const token = readProberToken(values, report)
  const telemetry = readTelemetry(values, !once, report)
  if (!once) checkAuthorization(values, report)
  const { PORT: port = 0, STS_DOMAIN: domain, PROBER_IDENTITY: identity } = values
  if (errors.length > 0 || url === undefined || domain === undefined || identity === undefined) {
    return { ok: false, errors, warnings }
  }
  const config: ProberConfig = {
    logLevel: values.STS_LOG_LEVEL,
    listener: { host: values.STS_HOST, port, drainDelayMs: values.STS_DRAIN_DELAY },
    service: { url, domain },
    identity,
    scope: values.PROBER_SCOPE,
    intervalMs: values.PROBER_INTERVAL,
    gitHubBaseUrl: values.GITHUB_BASE_URL,
    proxy: proxyOf(values),
    certificateAuthorities,
    authorization: values.AUTHORIZATION,
    token,
    telemetry,
  }
  return { ok: true, config: deepFreeze(config), warnings }
}

function readServiceUrl(
  { STS_URL: url, STS_DOMAIN: domain }: ProberValues,
  report: (error: ConfigError) => void,
): string | undefined {
  if (url !== undefined || domain === undefined) return url
  const { type } = PROBER_VARIABLES.STS_URL
  const made = type.parse(`https://${domain}`)
  if (made.ok) return made.value
  report({
    variable: 'STS_DOMAIN',
    holds: describeValue(domain, PROBER_VARIABLES.STS_DOMAIN),
    problem: 'it is not a host, and STS_URL is not set',
    allowed: type.allowed,
  })
  return undefined
}

function checkAuthorization(
  { AUTHORIZATION: authorization, PROBER_ALLOW_ANONYMOUS: isAnonymous }: ProberValues,
  report: (error: ConfigError) => void,
): void {
  if ((authorization === undefined) === isAnonymous) return
  report({
    variable: 'AUTHORIZATION, PROBER_ALLOW_ANONYMOUS',
    holds: isAnonymous ? 'a value, and true' : 'not set, and false',
    problem: isAnonymous ? 'the two contradict each other' : 'nobody could ask for a result',
    allowed: 'AUTHORIZATION, or PROBER_ALLOW_ANONYMOUS=true without it',
  })
}
