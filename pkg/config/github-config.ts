import type { AppPoolConfig } from './app-pool.ts'
import { describeValue, type ConfigError } from './config-error.ts'
import { readCertificates, readTextFile, type ReadFile } from './file-types.ts'
import { SERVICE_VARIABLES, type ServiceValues } from './service-variables.ts'

/** A forward proxy. */
export interface ProxyConfig {
  /** May hold a password. */
  readonly url: string
  /** What is dialled without it, as `NO_PROXY` says it. */
  readonly noProxy: string | undefined
}

/** How GitHub is reached, and as which Apps. Holds private keys. */
export interface GitHubConfig {
  /** Without a trailing slash. */
  readonly baseUrl: string
  /** At least one, each for another owner. */
  readonly pools: readonly AppPoolConfig[]
  /** Whether what a key service has signed is verified before it is used. */
  readonly verifyKeyService: boolean
  /** How calls to GitHub leave; undefined: directly. */
  readonly proxy: ProxyConfig | undefined
  /** Certificate authorities (PEM) in place of the system's; undefined: the system's. */
  readonly certificateAuthorities: string | undefined
}

type ProxyValues = Pick<ServiceValues, 'HTTPS_PROXY' | 'NO_PROXY'>
type GitHubValues = ProxyValues & Pick<ServiceValues, 'GITHUB_BASE_URL' | 'SSL_CERT_FILE' | 'STS_KMS_VERIFY'>

/** Reads the file of authorities, if there is one. */
export function readGitHub(
  values: GitHubValues,
  pools: readonly AppPoolConfig[],
  readFile: ReadFile,
  report: (error: ConfigError) => void,
): GitHubConfig {
  return {
    baseUrl: values.GITHUB_BASE_URL,
    pools,
    verifyKeyService: values.STS_KMS_VERIFY,
    proxy: proxyOf(values),
    certificateAuthorities: readAuthorities('SSL_CERT_FILE', values.SSL_CERT_FILE, readFile, report),
  }
}

/** Undefined when there is no proxy. */
export function proxyOf({ HTTPS_PROXY: url, NO_PROXY: noProxy }: ProxyValues): ProxyConfig | undefined {
  return url === undefined ? undefined : { url, noProxy }
}

/** The certificates in the file at `path`; undefined when there is no path, or the file was reported. */
export function readAuthorities(
  name: 'SSL_CERT_FILE' | 'STS_ISSUER_CA_FILE' | 'STS_REDIS_CA_FILE',
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
