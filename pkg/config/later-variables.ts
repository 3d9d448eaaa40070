import { PROXY_URL } from './url-types.ts'
import { parsed, type ValueType } from './value-type.ts'
import type { LaterVariable } from './variable.ts'

const ANY_TEXT: ValueType<string> = { allowed: 'any text', parse: parsed }

/** Variables that are known, and whose part is not in this release. */
export const LATER_VARIABLES = {
  STS_ISSUER_PROXY: {
    meaning: 'proxy for calls to issuers, which then owns the address guard',
    type: PROXY_URL,
    secret: true,
    whenSet: 'error',
    advice: 'issuers are dialled directly; STS_JWKS_OVERRIDES serves those that cannot be reached',
  },
  OTEL_LOGS_EXPORTER: {
    meaning: 'where logs go, beside standard output',
    type: ANY_TEXT,
    whenSet: 'warning',
    asks: (value) => value !== 'none',
    advice: 'collect standard output',
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
} as const satisfies Readonly<Record<string, LaterVariable>>
