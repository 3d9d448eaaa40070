import { incident, unknown } from './finding.ts'
import { judgeRefusal, type ExpectedRefusal } from './judge-denial.ts'
import type { ProbeStepName, ProbeTransport } from './probe-result.ts'
import type { ProbeRun } from './prober.ts'

const EXCHANGE_TIMEOUT_MS = 10_000
/** For the revocation of a token that should not be. */
const REVOKE_TIMEOUT_MS = 6_000

/** An exchange that has to be refused. */
export interface RefusedAttempt {
  readonly transport: ProbeTransport
  readonly identity: string
  /** Undefined: there is none, and nothing is tried. */
  readonly token: string | undefined
}

/** The step `name`: an exchange that has to be refused as expected. A token that comes of it is revoked at once. */
export async function tryRefused(
  { steps, exchange, issued, signal }: ProbeRun,
  name: ProbeStepName,
  { transport, identity, token }: RefusedAttempt,
  expected: ExpectedRefusal,
): Promise<void> {
  if (token === undefined) {
    steps.note({ name, transport }, unknown('there is no token to exchange'))
    return
  }
  const timeoutMs = EXCHANGE_TIMEOUT_MS + REVOKE_TIMEOUT_MS
  await steps.do({ name, transport, timeoutMs, signal }, async (within) => {
    const end = await exchange({ transport, identity, token, timeoutMs: EXCHANGE_TIMEOUT_MS, signal: within })
    const { traceId } = end
    if (!end.ok) return { ...judgeRefusal(end.thrown, expected), traceId }
    const { token: granted, requestId } = end.exchanged
    const { detail } = await issued.revoke(granted, within)
    return incident(`a token was issued; ${detail}`, { requestId, traceId })
  })
}
