import { OWNERS } from './github-types.ts'
import { BOOLEAN } from './go-boolean.ts'
import { durationType } from './go-duration.ts'
import { FILE_PATH } from './file-types.ts'
import { PROXY_URL } from './url-types.ts'
import { choiceType, integerType, parsed, type ValueType } from './value-type.ts'
import type { LaterVariable } from './variable.ts'

const QUOTA_MAX = 1_000_000
const MISS_BUDGET_MAX = 1_000_000

const ANY_TEXT: ValueType<string> = { allowed: 'any text', parse: parsed }
const QUOTA = integerType(0, QUOTA_MAX, 'a number of requests')

const isTrue = (value: unknown): boolean => value === true

/** Variables that are known, and whose part is not in this release. */
export const LATER_VARIABLES = {
  KMS_KEYS: {
    octoSts: true,
    meaning: 'one key of a key service per App id; an empty entry skips that App',
    type: ANY_TEXT,
    whenSet: 'error',
    advice: 'use APP_SECRET_CERTIFICATE_FILE or APP_SECRET_CERTIFICATE_ENV_VAR',
  },
  KMS_PROVIDER: {
    octoSts: true,
    meaning: 'key service that KMS_KEYS belong to',
    type: choiceType(['gcp', 'aws', 'akv'], { ignoreCase: true }),
    default: 'gcp',
    // Without keys it means nothing; with keys, KMS_KEYS is the error.
    whenSet: 'nothing',
  },
  STS_KMS_VERIFY: {
    meaning: 'checks signatures of the key service before they are used',
    type: BOOLEAN,
    whenSet: 'error',
    asks: isTrue,
  },
  APP_CONFIG_FILE: {
    octoSts: true,
    meaning: 'App pools per organization (YAML)',
    type: FILE_PATH,
    whenSet: 'error',
    advice: 'use GITHUB_APP_IDS with one id',
  },
  STS_ISSUER_PROXY: {
    meaning: 'proxy for calls to issuers, which then owns the address guard',
    type: PROXY_URL,
    secret: true,
    whenSet: 'error',
    advice: 'issuers are dialled directly; STS_JWKS_OVERRIDES serves those that cannot be reached',
  },
  STS_ALLOWED_ORGS: {
    meaning: 'owners that are served; unset: any',
    type: OWNERS,
    whenSet: 'error',
    advice: 'install the App only where it may serve',
  },
  STS_MAX_TOKEN_LIFETIME: {
    meaning: 'longest lifetime of a token that is accepted',
    type: durationType('24h'),
    whenSet: 'error',
    advice: 'use max_token_lifetime in the policies',
  },
  STS_MISS_BUDGET: {
    meaning: 'unknown identities a minute that one issuer and owner may ask for',
    type: integerType(0, MISS_BUDGET_MAX, 'a number'),
    default: '60',
    whenSet: 'warning',
  },
  OTEL_LOGS_EXPORTER: {
    meaning: 'where logs go, beside standard output',
    type: ANY_TEXT,
    whenSet: 'warning',
    asks: (value) => value !== 'none',
    advice: 'collect standard output',
  },
  STS_STORE: {
    meaning: 'state that replicas share',
    type: choiceType(['memory', 'redis']),
    default: 'memory',
    whenSet: 'warning',
    asks: (value) => value !== 'memory',
    advice: 'every replica keeps its own state',
  },
  STS_REDIS_URL: {
    meaning: 'address of Redis or Valkey',
    type: ANY_TEXT,
    secret: true,
    whenSet: 'warning',
    advice: 'every replica keeps its own state',
  },
  OCTOSTS_QUOTA_FLOOR_HARD: {
    octoSts: true,
    meaning: 'an App with less quota left is chosen only when no other is there',
    type: QUOTA,
    default: '1500',
    whenSet: 'warning',
    advice: 'it makes no difference with one App',
  },
  OCTOSTS_QUOTA_FLOOR_SOFT: {
    octoSts: true,
    meaning: 'an App with less quota left is chosen less often',
    type: QUOTA,
    default: '5000',
    whenSet: 'warning',
    advice: 'it makes no difference with one App',
  },
  OCTOSTS_QUOTA_STALE: {
    octoSts: true,
    meaning: 'how long a known quota counts',
    type: durationType('24h'),
    default: '5m',
    whenSet: 'warning',
    advice: 'it makes no difference with one App',
  },
  OCTOSTS_STICKY_STORE: {
    octoSts: true,
    meaning: 'where the App that serves an identity is remembered; ignored with one App',
    type: choiceType(['memory', 'redis', 'firestore']),
    whenSet: 'warning',
    asks: (value) => value === 'firestore',
    advice: 'firestore is not supported and falls back to memory; use redis',
    strict: true,
  },
  OCTOSTS_STICKY_STORE_FIRESTORE_PROJECT: {
    octoSts: true,
    meaning: 'accepted for octo-sts, not used',
    type: ANY_TEXT,
    whenSet: 'nothing',
  },
  OCTOSTS_STICKY_STORE_FIRESTORE_COLLECTION: {
    octoSts: true,
    meaning: 'accepted for octo-sts, not used',
    type: ANY_TEXT,
    whenSet: 'nothing',
  },
  OCTOSTS_STICKY_STORE_FIRESTORE_TTL: {
    octoSts: true,
    meaning: 'how long the App that serves an identity is remembered, in any store',
    type: durationType('8760h'),
    default: '1h',
    whenSet: 'nothing',
  },
} as const satisfies Readonly<Record<string, LaterVariable>>
