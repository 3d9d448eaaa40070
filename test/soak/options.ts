import { parseArgs } from 'node:util'
import { ATTACKS } from './attacks/index.ts'

export interface SoakOptions {
  /** How long it is attacked. */
  readonly minutes: number
  /** Of the order of the attacks. */
  readonly seed: number
  /** Part of the attackers' rates; 1: as listed. */
  readonly rate: number
  /** Names of attacks. */
  readonly only: readonly string[]
  /** The folder of a build; undefined: the sources. */
  readonly dist?: string | undefined
  /** Where the service's log is kept. */
  readonly log?: string | undefined
}

export interface CommandLine extends SoakOptions {
  /** Where the result is written as JSON. */
  readonly json: string | undefined
  /** Only says what there is. */
  readonly list: boolean
}

const MINUTES_MAX = 10
const RATE_MAX = 10

export const USAGE = `usage: npm run soak -- [options]

  --minutes N        how long the service is attacked, up to ${MINUTES_MAX}, fractions too (default 1)
  --seed N           order of the attacks (default 1)
  --rate PART        of the attackers' rates, up to ${RATE_MAX} (default 1)
  --only NAME,...    these attacks alone
  --dist DIR         a build (npm run build) instead of the sources; DIR or a folder above it has node_modules
  --json FILE        writes the result there too
  --log FILE         keeps the service's log there
  --list             lists the attacks and their rates
`

/** The command line, or what is wrong with it. */
export function readOptions(
  args: readonly string[],
): { readonly ok: true; readonly options: CommandLine } | { readonly ok: false; readonly problem: string } {
  const text = { type: 'string' } as const
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        ...{ minutes: text, seed: text, rate: text, only: text, dist: text, json: text, log: text },
        list: { type: 'boolean' },
      },
    })
    const minutes = Number(values.minutes ?? 1)
    const seed = Number(values.seed ?? 1)
    const rate = Number(values.rate ?? 1)
    const only = values.only?.split(',') ?? ATTACKS.map(({ name }) => name)
    const unknown = only.filter((name) => !ATTACKS.some((attack) => attack.name === name))
    if (!(minutes > 0 && minutes <= MINUTES_MAX)) {
      return { ok: false, problem: `--minutes is more than 0 and at most ${MINUTES_MAX}` }
    }
    if (!(rate > 0 && rate <= RATE_MAX)) {
      return { ok: false, problem: `--rate is more than 0 and at most ${RATE_MAX}` }
    }
    if (!Number.isSafeInteger(seed)) return { ok: false, problem: '--seed is an integer' }
    if (unknown.length > 0) return { ok: false, problem: `no attack is called ${unknown.join(', ')}` }
    const { dist, json, log, list = false } = values
    return { ok: true, options: { minutes, seed, rate, only, dist, json, log, list } }
  } catch (thrown) {
    return { ok: false, problem: thrown instanceof Error ? thrown.message : String(thrown) }
  }
}
