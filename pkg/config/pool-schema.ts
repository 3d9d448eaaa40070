import { createRequire } from 'node:module'
import type * as zod from 'zod'
import type { AppKeyConfig } from './app-pool.ts'
import type { ConfigSources } from './config-result.ts'
import { APP_ID, APPS_MAX, OWNER, OWNERS_MAX } from './github-types.ts'
import { keyNameType, type KeyProvider } from './key-name.ts'
import { privateKeyFileType, privateKeyType } from './private-key.ts'
import { parsed, type ValueType } from './value-type.ts'

const CREDENTIALS = ['kms_key', 'private_key', 'private_key_file'] as const

/** The fields of a file of pools, by their depth: of the file, of a pool, of an App. */
export const POOL_FIELDS: readonly (readonly string[])[] = [
  ['orgs'],
  ['name', 'apps'],
  ['app_id', ...CREDENTIALS],
]

/**
 * A file of pools of Apps. Fields are read by the types that the variables have; every check runs whatever the others
 * have found, so that all that is wrong is said at once.
 */
export function poolSchema(provider: KeyProvider, sources: ConfigSources) {
  const keyName = keyNameType(provider)
  const kmsKey: ValueType<AppKeyConfig> = {
    allowed: keyName.allowed,
    parse: (text) => {
      const name = keyName.parse(text)
      return name.ok ? parsed({ kind: 'kms', provider, name: name.value }) : name
    },
  }
  const z = loadSchemaLibrary()
  const field = <T>(type: ValueType<T>) => fieldOf(z, type)
  const app = z
    .strictObject({
      app_id: field(APP_ID),
      kms_key: field(kmsKey).optional(),
      private_key: field(privateKeyType(sources)).optional(),
      private_key_file: field(privateKeyFileType(sources)).optional(),
    })
    .superRefine(checkCredentials, { when: ({ value }) => isRecord(value) })
  const pool = z.strictObject({ name: field(OWNER), apps: z.array(app).min(1).max(APPS_MAX) })
  const pools = z
    .array(pool)
    .min(1)
    .max(OWNERS_MAX)
    .superRefine(checkRepetitions, { when: ({ value }) => Array.isArray(value) })
  return z.strictObject({ orgs: pools })
}

/** Only where there is a file of pools: for everyone else it would be a fifth of the time that a start takes. */
function loadSchemaLibrary(): typeof zod {
  return createRequire(import.meta.url)('zod') as typeof zod
}

function fieldOf<T>(z: typeof zod, type: ValueType<T>) {
  return z.string().transform((text, context): T => {
    const result = type.parse(text)
    if (result.ok) return result.value
    const { problem } = result
    context.issues.push(issue(text, { problem, allowed: type.allowed }))
    return z.NEVER
  })
}

/** What an issue says beside its path. */
interface IssueParams {
  readonly problem?: string | undefined
  readonly allowed: string
}

function issue(input: unknown, params: IssueParams, path: readonly PropertyKey[] = []) {
  return { code: 'custom' as const, input, params: { ...params }, path: [...path] }
}

/** As the library has it. */
interface Context {
  readonly issues: zod.core.$ZodRawIssue[]
}

function checkCredentials(app: Readonly<Record<string, unknown>>, { issues }: Context): void {
  const given = CREDENTIALS.filter((name) => app[name] !== undefined)
  if (given.length === 1) return
  const problem = given.length === 0 ? 'it has no key' : `it has ${given.join(' and ')}`
  issues.push(issue(app, { problem, allowed: `exactly one of ${CREDENTIALS.join(', ')}` }))
}

/** Runs also where some of `pools` are not what they should be: nothing is taken for granted. */
function checkRepetitions(pools: readonly unknown[], { issues }: Context): void {
  const owners = new Set<string>()
  const ids = new Set<string>()
  const check = (seen: Set<string>, value: unknown, path: readonly PropertyKey[], allowed: string): void => {
    if (typeof value !== 'string') return
    if (seen.has(value)) issues.push(issue(value, { problem: 'it is there before', allowed }, path))
    seen.add(value)
  }
  for (const [at, pool] of pools.entries()) {
    if (!isRecord(pool)) continue
    check(owners, pool['name'], [at, 'name'], 'one pool for each owner, whatever its letter case')
    if (!Array.isArray(pool['apps'])) continue
    for (const [index, app] of pool['apps'].entries()) {
      const id: unknown = isRecord(app) ? app['app_id'] : undefined
      check(ids, id, [at, 'apps', index, 'app_id'], 'each App once in the whole file')
    }
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
