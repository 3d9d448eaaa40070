import type { ConfigError } from './config-error.ts'
import type { QUOTA_VARIABLES } from './quota-variables.ts'
import type { Values } from './variable.ts'

/** How Apps are chosen by what GitHub says they have left. */
export interface QuotaConfig {
  /** Requests of the hour; an App with less is chosen only when no other is there. */
  readonly hardFloor: number
  /** Not below `hardFloor`; an App with less is chosen less often. */
  readonly softFloor: number
  /** How long a known quota counts, in milliseconds; above 0. */
  readonly staleMs: number
}

/** The floors are judged together: each has a default that the other may pass. */
export function readQuota(
  values: Values<typeof QUOTA_VARIABLES>,
  report: (error: ConfigError) => void,
): QuotaConfig {
  const { OCTOSTS_QUOTA_FLOOR_HARD: hardFloor, OCTOSTS_QUOTA_FLOOR_SOFT: softFloor } = values
  if (softFloor < hardFloor) {
    report({
      variable: 'OCTOSTS_QUOTA_FLOOR_HARD, OCTOSTS_QUOTA_FLOOR_SOFT',
      holds: `"${hardFloor}", "${softFloor}"`,
      problem: 'the soft floor is below the hard one',
      allowed: 'a soft floor that is not below the hard one',
    })
  }
  return { hardFloor, softFloor, staleMs: values.OCTOSTS_QUOTA_STALE }
}
