import type { AppPoolConfig } from './app-pool.ts'
import { APP_VARIABLES } from './app-variables.ts'
import { describeText, type ConfigError } from './config-error.ts'
import type { ConfigSources } from './config-result.ts'
import { readTextFile } from './file-types.ts'
import type { KeyProvider } from './key-name.ts'
import { errorAt, problemsOf, type PoolProblem } from './pool-problem.ts'
import { poolSchema } from './pool-schema.ts'
import type { Environment } from './variable.ts'
import { readYamlDocument } from './yaml-document.ts'

/** What a file of pools holds. */
export interface PoolFile {
  readonly pools: readonly AppPoolConfig[]
  /** The names of the variables that it refers to. */
  readonly references: ReadonlySet<string>
}

/** What a file of pools is read with. */
export interface PoolFileOptions {
  /** Whose keys every `kms_key` names. */
  readonly provider: KeyProvider
  /** What `${NAME}` in a value stands for. */
  readonly environment: Environment
  readonly sources: ConfigSources
  readonly report: (error: ConfigError) => void
}

/** More errors of one file are counted, not told. */
const ERRORS_MAX = 50

/** Only this form: a bare `$NAME` stays, because a PEM or a password may hold any character. */
const REFERENCE = /\$\{(\w+)\}/g

/** The pools in the file at `path`; undefined when anything about it was reported. */
export function readPoolFile(path: string, options: PoolFileOptions): PoolFile | undefined {
  const { provider, environment, sources, report } = options
  const file = readTextFile(path, sources.readFile)
  if (!file.ok) {
    const { allowed } = APP_VARIABLES.APP_CONFIG_FILE.type
    report({ ...wholeFile(path), problem: file.problem ?? 'it cannot be used', allowed })
    return undefined
  }
  const yaml = readYamlDocument(file.value)
  if (!yaml.ok) {
    const { line, problem } = yaml
    report({
      ...wholeFile(path),
      place: `line ${line}`,
      problem,
      allowed: 'one YAML document with the list orgs',
    })
    return undefined
  }
  const { document } = yaml
  const problems: PoolProblem[] = []
  const unset = new Set<string>()
  const references = new Set<string>()
  const value = expand(document.value, [], (name, at) => {
    references.add(name)
    const text = Object.hasOwn(environment, name) ? environment[name] : undefined
    if (text !== undefined && text !== '') return text
    unset.add(at.join())
    problems.push({ path: at, problem: `${name} is not set, or empty`, allowed: 'variables that are set' })
    return ''
  })
  const result = poolSchema(provider, sources).safeParse(value)
  const issues = result.error?.issues ?? []
  problems.push(...issues.filter((issue) => !unset.has(issue.path.join())).flatMap(problemsOf))
  if (!result.success || problems.length > 0) {
    for (const problem of problems.slice(0, ERRORS_MAX)) report(errorAt(document, problem))
    if (problems.length > ERRORS_MAX) {
      const problem = `${problems.length - ERRORS_MAX} more errors`
      report({ ...wholeFile(path), problem, allowed: 'a file without errors' })
    }
    return undefined
  }
  const pools = result.data.orgs.map(({ name, apps }) => ({
    owner: name,
    // Of its keys each App has exactly one.
    apps: apps.flatMap(({ app_id: id, ...keys }) => {
      return Object.values(keys).flatMap((key) => (key === undefined ? [] : [{ id, key }]))
    }),
  }))
  return { pools, references }
}

function wholeFile(path: string) {
  return { variable: 'APP_CONFIG_FILE', holds: describeText(path) }
}

/** `value` with each `${NAME}` in its texts replaced, once: what a variable holds is not looked at again. */
function expand(
  value: unknown,
  path: readonly PropertyKey[],
  resolve: (name: string, path: readonly PropertyKey[]) => string,
): unknown {
  if (typeof value === 'string') {
    return value.replace(REFERENCE, (_reference, name: string) => resolve(name, path))
  }
  if (Array.isArray(value)) return value.map((item, index) => expand(item, [...path, index], resolve))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, expand(member, [...path, name], resolve)]),
  )
}
