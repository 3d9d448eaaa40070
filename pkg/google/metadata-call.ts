import { request, type Dispatcher } from 'undici'
import { StsError } from '#pkg/errors'
import { withDeadline } from '#pkg/store'

/** The header that both sides send: a proof that the other one means metadata, and not some web server. */
const FLAVOR_HEADER = 'metadata-flavor'
const FLAVOR = 'Google'

/** A longer answer is refused: a token with format=full is about 1 KiB. */
const ANSWER_MAX_BYTES = 16 * 1024

export interface MetadataCall {
  readonly dispatcher: Dispatcher
  readonly origin: string
  /** With its query. */
  readonly path: string
  /** From here to the last byte of the answer. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** An answer that Google's server gave. */
export interface MetadataAnswer {
  readonly status: number
  readonly text: string
}

/** Why there is no answer of Google's server; all but the first may pass by themselves. */
export type MetadataProblem = 'not_google' | 'too_large' | 'network' | 'timeout'

/**
 * Asks the metadata server once. Redirects are not followed and nothing is decoded.
 * https://docs.cloud.google.com/compute/docs/metadata/querying-metadata
 *
 * @throws StsError `identity_token_unavailable` with a {@link MetadataProblem} as `problem`; what `signal` aborts with.
 */
export function askMetadata(call: MetadataCall): Promise<MetadataAnswer> {
  const late = (): StsError => unavailable('timeout')
  return withDeadline({ ms: call.timeoutMs, signal: call.signal, late }, async (signal) => {
    try {
      return await readAnswer(await send(call, signal))
    } catch (thrown) {
      signal.throwIfAborted()
      throw thrown instanceof StsError ? thrown : unavailable('network', { cause: thrown })
    }
  })
}

function send(
  { dispatcher, origin, path }: MetadataCall,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  return request(`${origin}${path}`, {
    dispatcher,
    headers: { [FLAVOR_HEADER]: FLAVOR },
    signal,
    // The deadline bounds the whole call.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
}

async function readAnswer({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<MetadataAnswer> {
  if (headers[FLAVOR_HEADER] !== FLAVOR) {
    body.on('error', () => undefined).destroy()
    throw unavailable('not_google', { status: statusCode })
  }
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > ANSWER_MAX_BYTES) throw unavailable('too_large', { status: statusCode })
    chunks.push(chunk)
  }
  return { status: statusCode, text: Buffer.concat(chunks).toString('utf8') }
}

function unavailable(
  problem: MetadataProblem,
  { status, cause }: { readonly status?: number; readonly cause?: unknown } = {},
): StsError {
  return new StsError('identity_token_unavailable', { detail: { problem, status }, cause })
}
