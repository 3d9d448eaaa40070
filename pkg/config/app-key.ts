import { describeValue, type ConfigError } from './config-error.ts'
import type { ConfigSources } from './config-result.ts'
import { readTextFile, type ReadFile } from './file-types.ts'
import { LATER_VARIABLES } from './later-variables.ts'
import { SERVICE_VARIABLES, type ServiceValues } from './service-variables.ts'
import { textOf, type Environment } from './variable.ts'

/** The GitHub App that serves. */
export interface AppConfig {
  /** Its App id or client id. */
  readonly id: string
  /** Its private key, as text. */
  readonly privateKeyPem: string
}

/** The variables that say which App serves, with which key. */
export type AppValues = Pick<ServiceValues, 'GITHUB_APP_IDS' | typeof FILE | typeof TEXT>

const FILE = 'APP_SECRET_CERTIFICATE_FILE'
const TEXT = 'APP_SECRET_CERTIFICATE_ENV_VAR'
const ONE_KEY_SOURCE = `exactly one of ${FILE} and ${TEXT}`

/**
 * The one App and its key; undefined when an error was reported here or for one of the variables themselves.
 * Exactly one key source, and one PEM serves exactly one App id.
 */
export function readApp(
  values: AppValues,
  environment: Environment,
  sources: ConfigSources,
  report: (error: ConfigError) => void,
): AppConfig | undefined {
  // With a file of App pools the other variables do not count, so nothing is wrong with them.
  if (textOf('APP_CONFIG_FILE', LATER_VARIABLES.APP_CONFIG_FILE, environment) !== undefined) return undefined
  const id = readAppId(values, environment, report)
  const privateKeyPem = readPrivateKey(values, environment, sources, report)
  return id === undefined || privateKeyPem === undefined ? undefined : { id, privateKeyPem }
}

function readAppId(
  values: AppValues,
  environment: Environment,
  report: (error: ConfigError) => void,
): string | undefined {
  const variable = SERVICE_VARIABLES.GITHUB_APP_IDS
  const text = textOf('GITHUB_APP_IDS', variable, environment)
  const [id, ...others] = values.GITHUB_APP_IDS ?? []
  if (text === undefined || others.length > 0) {
    const several = 'one PEM serves exactly one App id, and this release has no other kind of key'
    report({
      variable: 'GITHUB_APP_IDS',
      holds: describeValue(text, variable),
      ...(text === undefined ? {} : { problem: several }),
      allowed: 'exactly one App id (digits) or client id (Iv...)',
    })
    return undefined
  }
  return id
}

function readPrivateKey(
  values: AppValues,
  environment: Environment,
  sources: ConfigSources,
  report: (error: ConfigError) => void,
): string | undefined {
  const path = textOf(FILE, SERVICE_VARIABLES[FILE], environment)
  const text = textOf(TEXT, SERVICE_VARIABLES[TEXT], environment)
  const kmsKeys = textOf('KMS_KEYS', LATER_VARIABLES.KMS_KEYS, environment)
  const set = Object.entries({ [FILE]: path, [TEXT]: text, KMS_KEYS: kmsKeys }).filter(
    ([, value]) => value !== undefined,
  )
  if (set.length > 1) {
    const variable = set.map(([name]) => name).join(', ')
    report({ variable, holds: 'a value each', problem: 'several key sources', allowed: ONE_KEY_SOURCE })
    return undefined
  }
  if (set.length === 0) {
    report({ variable: `${FILE}, ${TEXT}`, holds: 'not set', allowed: ONE_KEY_SOURCE })
    return undefined
  }
  const [variable = FILE] = set.map(([name]) => name)
  const pem = values[FILE] === undefined ? values[TEXT] : readKeyFile(values[FILE], sources.readFile, report)
  const keyProblem = pem === undefined ? undefined : sources.findKeyProblem(pem)
  if (keyProblem === undefined) return pem
  report({
    variable,
    holds: 'a text that is not shown',
    problem: keyProblem,
    allowed: 'an RSA private key of at least 2,048 bits in PEM (PKCS#1 or PKCS#8), not encrypted',
  })
  return undefined
}

function readKeyFile(
  path: string,
  readFile: ReadFile,
  report: (error: ConfigError) => void,
): string | undefined {
  const file = readTextFile(path, readFile)
  if (file.ok) return file.value
  report({
    variable: FILE,
    holds: describeValue(path, SERVICE_VARIABLES[FILE]),
    ...(file.problem === undefined ? {} : { problem: file.problem }),
    allowed: 'the path of a private key in PEM',
  })
  return undefined
}
