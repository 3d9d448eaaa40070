import { INVALID_TOKEN, NO_MATCH, type ExpectedRefusal } from './judge-denial.ts'
import { obtainToken } from './obtain-token.ts'
import { PROBE_TRANSPORTS, type NegativeCase } from './probe-result.ts'
import { createProbe, type Probe, type ProberOptions, type ProbeRun } from './prober.ts'
import { tryRefused } from './refused-exchange.ts'
import {
  expired,
  makeSpoiled,
  withBrokenSignature,
  withWrongAudience,
  type SpoilToken,
} from './spoiled-token.ts'

interface Refusal {
  readonly name: NegativeCase
  readonly expected: ExpectedRefusal
  readonly spoil: SpoilToken
}

const REFUSALS: readonly Refusal[] = [
  { name: 'other_identity', expected: NO_MATCH, spoil: (_, token) => Promise.resolve(token) },
  { name: 'wrong_audience', expected: NO_MATCH, spoil: withWrongAudience },
  { name: 'expired', expected: INVALID_TOKEN, spoil: expired },
  { name: 'broken_signature', expected: INVALID_TOKEN, spoil: withBrokenSignature },
]

/**
 * The negative prober: its own token is refused for `identity`, which is somebody else's, and so are tokens with a wrong
 * audience, expired ones and ones with a broken signature; each over both transports. A token that is issued is an
 * incident, and revoked at once.
 *
 * @throws StsError `scope_malformed`.
 */
export function createNegativeProber(options: ProberOptions): Probe {
  return createProbe('negative-prober', options, async (run) => {
    const token = await obtainToken(run)
    for (const refusal of REFUSALS) await tryRefusal(run, refusal, token)
  })
}

async function tryRefusal(run: ProbeRun, refusal: Refusal, own: string | undefined): Promise<void> {
  const { steps, identity } = run
  const made = await makeSpoiled(run, refusal.spoil, own)
  for (const transport of PROBE_TRANSPORTS) {
    const name = `${refusal.name}_${transport}` as const
    if (typeof made !== 'string') steps.note({ name, transport }, made)
    else await tryRefused(run, name, { transport, identity, token: made }, refusal.expected)
  }
}
