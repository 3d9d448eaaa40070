import { exchangeOverGrpc, exchangeToken, type ExchangedToken, type Fetch } from '#pkg/client'
import { formatTraceParent } from '#pkg/telemetry'
import { loadWireDefinition } from '#pkg/wire'

import type { IssuedTokens } from './issued-tokens.ts'
import type { ProbeTransport } from './probe-result.ts'

const TRACE_ID_BYTES = 16
const SPAN_ID_BYTES = 8

export interface ExchangerOptions {
  /** The base URL of the service. */
  readonly url: string
  readonly scope: string
  /** Takes every token at the moment in which it is there. */
  readonly issued: IssuedTokens
  readonly fetch: Fetch
  readonly certificateAuthorities: string | undefined
  readonly randomBytes: (size: number) => Buffer
}

export interface ExchangeAttempt {
  readonly transport: ProbeTransport
  readonly identity: string
  /** The OIDC token. */
  readonly token: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** How an attempt ended, and the trace that it was sent with. */
export type AttemptEnd = { readonly traceId: string } & (
  { readonly ok: true; readonly exchanged: ExchangedToken } | { readonly ok: false; readonly thrown: unknown }
)

/** Exchanges a token. Never rejects. */
export type Exchanger = (attempt: ExchangeAttempt) => Promise<AttemptEnd>

/** Exchanges for one scope of one service. Each attempt is the root of a new trace, to be found by its id. */
export function createExchanger(options: ExchangerOptions): Exchanger {
  const { url, scope, issued, fetch, certificateAuthorities, randomBytes } = options
  const definition = loadWireDefinition()
  return async ({ transport, identity, token, timeoutMs, signal }) => {
    const traceId = randomBytes(TRACE_ID_BYTES).toString('hex')
    const spanId = randomBytes(SPAN_ID_BYTES).toString('hex')
    const traceParent = formatTraceParent({ traceId, spanId, sampled: true })
    const request = { url, scope, identity, token }
    try {
      const exchanged =
        transport === 'grpc'
          ? await exchangeOverGrpc(request, {
              timeoutMs,
              signal,
              traceParent,
              certificateAuthorities,
              definition,
            })
          : await exchangeToken(request, { timeoutMs, signal, traceParent, fetch })
      issued.add(exchanged.token)
      return { ok: true, exchanged, traceId }
    } catch (thrown) {
      return { ok: false, thrown, traceId }
    }
  }
}
