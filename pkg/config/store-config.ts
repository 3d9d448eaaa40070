import type { AppPoolConfig } from './app-pool.ts'
import type { ConfigError } from './config-error.ts'
import type { ReadFile } from './file-types.ts'
import { readAuthorities } from './github-config.ts'
import type { QUOTA_VARIABLES } from './quota-variables.ts'
import { STORE_VARIABLES } from './store-variables.ts'
import { textOf, type Environment, type Values } from './variable.ts'

/** Where state is kept. */
export interface StoreConfig {
  /** `memory`: in each process, for itself. */
  readonly shared: 'memory' | 'redis'
  /** There where anything is kept in Redis. */
  readonly redis: RedisConfig | undefined
}

/** How Redis or Valkey is reached. */
export interface RedisConfig {
  /** `redis` or `rediss`; may hold a password. */
  readonly url: string
  /** Certificate authorities (PEM) in place of the system's; undefined: the system's. */
  readonly certificateAuthorities: string | undefined
}

/** Where it is remembered which App serves a caller that only one may serve. */
export interface StickyConfig {
  readonly store: 'memory' | 'redis'
  /** Milliseconds after the last use; whole, at least 1,000. */
  readonly lifetimeMs: number
}

type StoreValues = Values<typeof STORE_VARIABLES>
type StickyValues = Pick<
  Values<typeof QUOTA_VARIABLES>,
  'OCTOSTS_STICKY_STORE' | 'OCTOSTS_STICKY_STORE_FIRESTORE_TTL'
>
type JudgedValues = Pick<StickyValues, 'OCTOSTS_STICKY_STORE'> &
  Pick<StoreValues, 'STS_STORE'> & { readonly STS_STRICT_CONFIG: boolean }
type Report = (error: ConfigError) => void

/**
 * With one App for each owner there is nothing to remember, and what is said about it asks for no Redis; where there is one it is
 * used all the same, for another App may come while the program runs.
 */
export function readSticky(
  values: StickyValues & Pick<StoreValues, 'STS_STORE' | 'STS_REDIS_URL'>,
  pools: readonly AppPoolConfig[],
): StickyConfig {
  const { STS_STORE: shared, OCTOSTS_STICKY_STORE: wanted = shared } = values
  const store = wanted === 'firestore' ? shared : wanted
  const isNeeded = values.STS_REDIS_URL !== undefined || pools.some(({ apps }) => apps.length > 1)
  const lifetimeMs = Math.ceil(values.OCTOSTS_STICKY_STORE_FIRESTORE_TTL)
  return { store: isNeeded ? store : 'memory', lifetimeMs }
}

/** Says once that `firestore` is something else here: a warning, or an error where no value may fall back. */
export function judgeStickyStore(
  { OCTOSTS_STICKY_STORE: wanted, STS_STORE: shared, STS_STRICT_CONFIG: strict }: JudgedValues,
  report: Report,
): readonly string[] {
  if (wanted !== 'firestore') return []
  const problem = 'firestore is not supported'
  if (!strict) return [`OCTOSTS_STICKY_STORE: ${problem} and falls back to ${shared}; use redis or memory`]
  report({ variable: 'OCTOSTS_STICKY_STORE', holds: '"firestore"', problem, allowed: 'redis or memory' })
  return []
}

/**
 * Where state is kept, and how it is reached.
 *
 * @param sticky - what has to be kept beside the state that is shared; undefined: nothing.
 */
export function readStore(
  values: StoreValues,
  sticky: StickyConfig | undefined,
  environment: Environment,
  readFile: ReadFile,
  report: Report,
): StoreConfig {
  const { STS_STORE: shared, STS_REDIS_URL: url, STS_REDIS_CA_FILE: path } = values
  const certificateAuthorities = readAuthorities('STS_REDIS_CA_FILE', path, readFile, report)
  if (shared !== 'redis' && sticky?.store !== 'redis') return { shared, redis: undefined }
  const { STS_REDIS_URL: variable } = STORE_VARIABLES
  if (textOf('STS_REDIS_URL', variable, environment) === undefined) {
    report({
      variable: 'STS_REDIS_URL',
      holds: 'not set',
      problem: `${shared === 'redis' ? 'STS_STORE' : 'OCTOSTS_STICKY_STORE'} is redis`,
      allowed: variable.type.allowed,
    })
  }
  if (path !== undefined && url !== undefined && /^redis:/i.test(url)) {
    report({
      variable: 'STS_REDIS_URL, STS_REDIS_CA_FILE',
      holds: 'a value each',
      problem: 'without TLS no certificate is looked at',
      allowed: 'a rediss:// address, or no authorities',
    })
  }
  return { shared, redis: url === undefined ? undefined : { url, certificateAuthorities } }
}
