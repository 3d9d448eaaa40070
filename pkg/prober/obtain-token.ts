import { passed } from './finding.ts'
import type { ProbeRun } from './prober.ts'

const TOKEN_TIMEOUT_MS = 10_000

/** The step `token`: the prober's own token for the service, or undefined. */
export async function obtainToken({ steps, tokens, service, signal }: ProbeRun): Promise<string | undefined> {
  let token: string | undefined
  await steps.do({ name: 'token', timeoutMs: TOKEN_TIMEOUT_MS, signal }, async (within) => {
    token = await tokens.token(service.audience, { signal: within })
    return passed('a token was obtained')
  })
  return token
}
