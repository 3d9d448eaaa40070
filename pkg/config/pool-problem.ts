import type { z } from 'zod'
import { findNearMiss } from '#pkg/policy'
import { describeText, type ConfigError } from './config-error.ts'
import { POOL_FIELDS } from './pool-schema.ts'
import type { YamlDocument } from './yaml-document.ts'

type Path = readonly PropertyKey[]

/** Something wrong in a file of pools. */
export interface PoolProblem {
  readonly path: Path
  /** Undefined where the value alone shows it. */
  readonly problem?: string | undefined
  readonly allowed: string
}

/** What an issue of the schema stands for: one problem for each unknown key, else one. */
export function problemsOf(issue: z.core.$ZodIssue): readonly PoolProblem[] {
  const { path } = issue
  switch (issue.code) {
    case 'unrecognized_keys': {
      const fields = POOL_FIELDS[Math.floor(path.length / 2)] ?? []
      return issue.keys.map((key) => {
        const meant = findNearMiss(key, fields)
        const problem = meant === undefined ? 'it is unknown' : `it is unknown; did you mean ${meant}?`
        return { path: [...path, key], problem, allowed: fields.join(', ') }
      })
    }
    case 'invalid_type': {
      const kinds: Readonly<Record<string, string>> = { string: 'text', array: 'a list', object: 'a map' }
      return [{ path, allowed: kinds[issue.expected] ?? issue.expected }]
    }
    case 'too_small':
      return [{ path, problem: 'it is empty', allowed: `at least ${issue.minimum}` }]
    case 'too_big':
      return [{ path, problem: 'it has too many', allowed: `at most ${issue.maximum}` }]
    case 'custom':
      return [{ path, ...readParams(issue.params) }]
    default:
      return [{ path, allowed: 'another value' }]
  }
}

/** The error to print. Shows the text as it is written, before `${NAME}` became a value, and never a key. */
export function errorAt(document: YamlDocument, { path, problem, allowed }: PoolProblem): ConfigError {
  const value = path.reduce(memberOf, document.value)
  const said = problem ?? (value === undefined ? 'it is missing' : undefined)
  return {
    variable: 'APP_CONFIG_FILE',
    place: `line ${document.lineOf(path)}${path.length === 0 ? '' : `, ${renderPath(path)}`}`,
    holds: describe(value, path.at(-1) === 'private_key'),
    ...(said === undefined ? {} : { problem: said }),
    allowed,
  }
}

/** `orgs[0].apps[1].app_id`. */
function renderPath(path: Path): string {
  const steps = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`
    const name = String(step)
    return /^\w{1,64}$/.test(name) ? `.${name}` : `[${describeText(name)}]`
  })
  return steps.join('').replace(/^\./, '')
}

function memberOf(value: unknown, step: PropertyKey): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
  return (value as Readonly<Record<PropertyKey, unknown>>)[step]
}

function describe(value: unknown, isSecret: boolean): string {
  if (typeof value === 'string') return describeText(value, isSecret)
  if (value === undefined) return 'nothing'
  return Array.isArray(value) ? 'a list' : 'a map'
}

function readParams(params: Readonly<Record<string, unknown>> | undefined): Omit<PoolProblem, 'path'> {
  const { problem, allowed } = params ?? {}
  return {
    problem: typeof problem === 'string' ? problem : undefined,
    allowed: typeof allowed === 'string' ? allowed : 'another value',
  }
}
