import { readApp, type AppConfig, type AppValues } from './app-key.ts'
import { describeValue, type ConfigError } from './config-error.ts'
import type { ConfigSources } from './config-result.ts'
import { readCertificates, readTextFile, type ReadFile } from './file-types.ts'
import { SERVICE_VARIABLES, type ServiceValues } from './service-variables.ts'
import type { Environment } from './variable.ts'

/** A forward proxy. */
export interface ProxyConfig {
  /** May hold a password. */
  readonly url: string
  /** What is dialled without it, as `NO_PROXY` says it. */
  readonly noProxy: string | undefined
}

/** How GitHub is reached, and as which App. Holds a private key. */
export interface GitHubConfig {
  /** Without a trailing slash. */
  readonly baseUrl: string
  readonly app: AppConfig
  /** How calls to GitHub leave; undefined: directly. */
  readonly proxy: ProxyConfig | undefined
  /** Certificate authorities (PEM) in place of the system's; undefined: the system's. */
  readonly certificateAuthorities: string | undefined
}

type ProxyValues = Pick<ServiceValues, 'HTTPS_PROXY' | 'NO_PROXY'>
type GitHubValues = AppValues & ProxyValues & Pick<ServiceValues, 'GITHUB_BASE_URL' | 'SSL_CERT_FILE'>

/** Undefined when the App or its key was reported. */
export function readGitHub(
  values: GitHubValues,
  environment: Environment,
  sources: ConfigSources,
  report: (error: ConfigError) => void,
): GitHubConfig | undefined {
  const { GITHUB_BASE_URL: baseUrl, SSL_CERT_FILE: path } = values
  const app = readApp(values, environment, sources, report)
  const certificateAuthorities = readAuthorities('SSL_CERT_FILE', path, sources.readFile, report)
  if (app === undefined) return undefined
  return { baseUrl, app, proxy: proxyOf(values), certificateAuthorities }
}

/** Undefined when there is no proxy. */
export function proxyOf({ HTTPS_PROXY: url, NO_PROXY: noProxy }: ProxyValues): ProxyConfig | undefined {
  return url === undefined ? undefined : { url, noProxy }
}

/** The certificates in the file at `path`; undefined when there is no path, or the file was reported. */
export function readAuthorities(
  name: 'SSL_CERT_FILE' | 'STS_ISSUER_CA_FILE',
  path: string | undefined,
  readFile: ReadFile,
  report: (error: ConfigError) => void,
): string | undefined {
  if (path === undefined) return undefined
  const file = readTextFile(path, readFile)
  const certificates = file.ok ? readCertificates(file.value) : file
  if (certificates.ok) return certificates.value
  report({
    variable: name,
    holds: describeValue(path, SERVICE_VARIABLES[name]),
    ...(certificates.problem === undefined ? {} : { problem: certificates.problem }),
    allowed: 'the path of a file of certificates in PEM',
  })
  return undefined
}
