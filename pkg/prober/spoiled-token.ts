import { ClientError } from '#pkg/client'
import { withDeadline } from '#pkg/store'

import { breakSignature } from './broken-signature.ts'
import { describe, skipped, unknown } from './finding.ts'
import type { ProbeFinding } from './probe-result.ts'
import type { ProbeRun } from './prober.ts'

/** An audience that no service has: the name cannot be registered (RFC 6761, section 6.4). */
const WRONG_AUDIENCE = 'https://another-service.invalid'

const SPOIL_TIMEOUT_MS = 10_000

/**
 * Makes a token that is not as it should be, of the prober's own `token` or of its source. Undefined: this source cannot
 * make one, or not yet.
 */
export type SpoilToken = (run: ProbeRun, token: string, signal: AbortSignal) => Promise<string | undefined>

export const withWrongAudience: SpoilToken = ({ tokens }, _, signal) =>
  tokens.anyAudience ? tokens.token(WRONG_AUDIENCE, { signal }) : Promise.resolve(undefined)

export const expired: SpoilToken = ({ tokens, service }, _, signal) =>
  tokens.expired(service.audience, { signal })

export const withBrokenSignature: SpoilToken = (_, token) => Promise.resolve(breakSignature(token))

/** The spoiled token, or what is to be noted of the steps that would have needed it. */
export async function makeSpoiled(
  run: ProbeRun,
  spoil: SpoilToken,
  own: string | undefined,
): Promise<string | ProbeFinding> {
  if (own === undefined) return unknown('there is no token to exchange')
  const late = (): ClientError => new ClientError('timed_out', 'the token source did not answer in time')
  try {
    const deadline = { ms: SPOIL_TIMEOUT_MS, signal: run.signal, late }
    const token = await withDeadline(deadline, (signal) => spoil(run, own, signal))
    return token ?? skipped('the token source has no such token')
  } catch (thrown) {
    return unknown(run.signal.aborted ? 'the run was ended before' : describe(thrown))
  }
}
