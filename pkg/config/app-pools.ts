import type { AppConfig } from './app-pool.ts'
import { APP_VARIABLES, type AppValues } from './app-variables.ts'
import { describeText, describeValue, type ConfigError } from './config-error.ts'
import type { ConfigSources } from './config-result.ts'
import { keyNameType, type KeyProvider } from './key-name.ts'
import { readPoolFile, type PoolFile } from './pool-file.ts'
import { PRIVATE_KEY_ALLOWED, privateKeyFileType, privateKeyType } from './private-key.ts'
import { textOf, type Environment } from './variable.ts'

const FILE = 'APP_SECRET_CERTIFICATE_FILE'
const TEXT = 'APP_SECRET_CERTIFICATE_ENV_VAR'
const KEY_SOURCES = [FILE, TEXT, 'KMS_KEYS'] as const
const ONE_KEY_SOURCE = `exactly one of ${KEY_SOURCES.join(', ')}`

/** What a file of pools makes ineffective: nothing of it is judged. */
const REPLACED_BY_FILE = ['GITHUB_APP_IDS', ...KEY_SOURCES] as const

type Report = (error: ConfigError) => void

/** `environment` without the variables that `APP_CONFIG_FILE` replaces, where it is set. */
export function withoutReplaced(environment: Environment): Environment {
  if (textOf('APP_CONFIG_FILE', APP_VARIABLES.APP_CONFIG_FILE, environment) === undefined) return environment
  return { ...environment, ...Object.fromEntries(REPLACED_BY_FILE.map((name) => [name, undefined])) }
}

/**
 * The Apps and their keys, from a file of pools, else from the variables: then all of them serve every owner.
 * Undefined when an error was reported here, or for one of the variables themselves.
 */
export function readAppPools(
  values: AppValues,
  environment: Environment,
  sources: ConfigSources,
  report: Report,
): PoolFile | undefined {
  const fileText = textOf('APP_CONFIG_FILE', APP_VARIABLES.APP_CONFIG_FILE, environment)
  if (fileText !== undefined) {
    const { APP_CONFIG_FILE: path, KMS_PROVIDER: provider } = values
    return path === undefined ? undefined : readPoolFile(path, { provider, environment, sources, report })
  }
  const ids = readAppIds(values, environment, report)
  const set = KEY_SOURCES.filter((name) => textOf(name, APP_VARIABLES[name], environment) !== undefined)
  const [source, ...others] = set
  if (source === undefined || others.length > 0) {
    report({
      variable: source === undefined ? KEY_SOURCES.join(', ') : set.join(', '),
      holds: source === undefined ? 'not set' : 'a value each',
      ...(source === undefined ? {} : { problem: 'several key sources' }),
      allowed: ONE_KEY_SOURCE,
    })
    return undefined
  }
  const apps =
    source === 'KMS_KEYS'
      ? pairWithKeys(ids, values, environment, report)
      : useOnePem(ids, source, environment, sources, report)
  return apps === undefined ? undefined : { pools: [{ owner: '*', apps }], references: new Set() }
}

/** Undefined when they were reported, here or before. */
function readAppIds(
  { GITHUB_APP_IDS: ids }: AppValues,
  environment: Environment,
  report: Report,
): readonly string[] | undefined {
  const { GITHUB_APP_IDS: variable } = APP_VARIABLES
  if (textOf('GITHUB_APP_IDS', variable, environment) === undefined) {
    report({
      variable: 'GITHUB_APP_IDS',
      holds: 'not set',
      problem: 'it is required without APP_CONFIG_FILE',
      allowed: variable.type.allowed,
    })
  }
  return ids
}

/** Each App with the key at its place; those without one are left out. */
function pairWithKeys(
  ids: readonly string[] | undefined,
  { KMS_KEYS: names, KMS_PROVIDER: provider }: AppValues,
  environment: Environment,
  report: Report,
): readonly AppConfig[] | undefined {
  if (names === undefined) return undefined
  const { KMS_KEYS: variable } = APP_VARIABLES
  const { allowed } = keyNameType(provider)
  const problem = keyListProblem(names, ids, provider)
  if (problem !== undefined) {
    report({
      variable: 'KMS_KEYS',
      holds: describeValue(textOf('KMS_KEYS', variable, environment), variable),
      problem,
      allowed: `for each App, comma-separated: ${allowed}, or nothing`,
    })
    return undefined
  }
  return ids?.flatMap((id, index) => {
    const name = names[index] ?? ''
    return name === '' ? [] : [{ id, key: { kind: 'kms', provider, name } as const }]
  })
}

function keyListProblem(
  names: readonly string[],
  ids: readonly string[] | undefined,
  provider: KeyProvider,
): string | undefined {
  const type = keyNameType(provider)
  const bad = names.findIndex((name) => name !== '' && !type.parse(name).ok)
  if (bad >= 0) return `entry ${bad + 1} is no key of KMS_PROVIDER=${provider}`
  if (names.every((name) => name === '')) return 'every App is skipped'
  if (ids === undefined || names.length === ids.length) return undefined
  return `it has ${names.length} of them, and GITHUB_APP_IDS has ${ids.length}`
}

/** One PEM is the key of exactly one App. */
function useOnePem(
  ids: readonly string[] | undefined,
  source: typeof FILE | typeof TEXT,
  environment: Environment,
  sources: ConfigSources,
  report: Report,
): readonly AppConfig[] | undefined {
  const variable = APP_VARIABLES[source]
  const text = textOf(source, variable, environment) ?? ''
  const [id, ...others] = ids ?? []
  if (others.length > 0) {
    report({
      variable: 'GITHUB_APP_IDS',
      holds: describeText(ids?.join(',') ?? ''),
      problem: 'one PEM serves exactly one App id',
      allowed: `exactly one with ${source}; several with KMS_KEYS or APP_CONFIG_FILE`,
    })
  }
  // What is wrong with the text itself was reported when it was read.
  if (!variable.type.parse(text).ok) return undefined
  const key = (source === FILE ? privateKeyFileType(sources) : privateKeyType(sources)).parse(text)
  if (!key.ok) {
    report({
      variable: source,
      holds: describeValue(text, variable),
      ...(key.problem === undefined ? {} : { problem: key.problem }),
      allowed: source === FILE ? `the path of ${PRIVATE_KEY_ALLOWED}` : PRIVATE_KEY_ALLOWED,
    })
    return undefined
  }
  return id === undefined || others.length > 0 ? undefined : [{ id, key: key.value }]
}
