import { durationType } from './go-duration.ts'
import { choiceType, integerType } from './value-type.ts'
import type { ReadVariable } from './variable.ts'

const QUOTA_MAX = 1_000_000
const QUOTA = integerType(0, QUOTA_MAX, 'a number of requests')

/** The variables that say which of several Apps serves. */
export const QUOTA_VARIABLES = {
  OCTOSTS_QUOTA_FLOOR_HARD: {
    topic: 'Several Apps',
    meaning: 'an App with less quota left is chosen only when no other is there',
    type: QUOTA,
    default: '1500',
    octoSts: true,
    example: '500',
    remarks: 'Requests of the hour, as GitHub counts them for each installation.',
  },
  OCTOSTS_QUOTA_FLOOR_SOFT: {
    topic: 'Several Apps',
    meaning: 'an App with less quota left is chosen less often',
    type: QUOTA,
    default: '5000',
    octoSts: true,
    example: '2000',
    remarks: 'Not less than the hard floor.',
  },
  OCTOSTS_QUOTA_STALE: {
    topic: 'Several Apps',
    meaning: 'how long a known quota counts',
    type: durationType('24h', '1ms'),
    default: '5m',
    octoSts: true,
    example: '10m',
  },
  OCTOSTS_STICKY_STORE: {
    topic: 'Several Apps',
    meaning: 'where it is remembered which App serves a caller with checks: write; unset: as STS_STORE',
    type: choiceType(['memory', 'redis', 'firestore'] as const),
    octoSts: true,
    example: 'redis',
    remarks:
      'Only the App that made a check run may change it. `redis` needs `STS_REDIS_URL`; `firestore` falls back to `memory` with a warning. Ignored with one App.',
  },
  OCTOSTS_STICKY_STORE_FIRESTORE_TTL: {
    topic: 'Several Apps',
    meaning: 'how long the App that serves a caller is remembered after its last use, in any store',
    type: durationType('720h', '1s'),
    default: '1h',
    octoSts: true,
    example: '24h',
  },
} as const satisfies Readonly<Record<string, ReadVariable>>
