import { FILE_PATH } from './file-types.ts'
import { REDIS_URL } from './url-types.ts'
import { choiceType } from './value-type.ts'
import type { ReadVariable } from './variable.ts'

/** What the service and the webhook read of the state that replicas share. */
export const STORE_VARIABLES = {
  STS_STORE: {
    topic: 'Shared state',
    meaning: 'where state is kept: in each process, or shared by all replicas',
    type: choiceType(['memory', 'redis'] as const),
    default: 'memory',
    example: 'redis',
    remarks:
      '`redis` is Redis or Valkey, and needs `STS_REDIS_URL`. What is shared: [shared-state.md](shared-state.md).',
  },
  STS_REDIS_URL: {
    topic: 'Shared state',
    meaning: 'address of Redis or Valkey, with its password',
    type: REDIS_URL,
    secret: true,
    remarks:
      '`rediss://USER:PASSWORD@HOST:PORT/DATABASE`; `redis://` is without TLS. Nothing secret is kept there.',
  },
  STS_REDIS_CA_FILE: {
    topic: 'Shared state',
    meaning: "certificate authorities of Redis, in place of the system's (PEM)",
    type: FILE_PATH,
    example: '/etc/ssl/redis-ca.pem',
    remarks: 'With a `rediss://` address only.',
  },
} as const satisfies Readonly<Record<string, ReadVariable>>
