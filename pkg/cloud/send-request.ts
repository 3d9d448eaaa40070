import { request } from 'undici'
import { StsError } from '#pkg/errors'
import { cloudError } from './cloud-error.ts'
import type { CloudService } from './cloud-service.ts'

/** A longer answer is refused: the largest secrets have 64 KiB, and come in base64. */
const ANSWER_MAX_BYTES = 256 * 1024

/** For requests that packages make without a signal of ours: how long a server may say nothing. */
const SILENCE_MAX_MS = 10_000

export interface ServiceRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | null | undefined
  readonly signal?: AbortSignal | undefined
}

export interface ServiceAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/**
 * Sends one request to a service. Redirects are not followed, nothing is decoded, and the answer is bounded.
 *
 * @throws StsError of the service's reason: `network`, `malformed` for an answer that is too long; the reason of the
 * signal when it aborts.
 */
export async function sendRequest(service: CloudService, call: ServiceRequest): Promise<ServiceAnswer> {
  const { signal } = call
  try {
    const answer = await request(call.url, {
      dispatcher: service.dispatcher,
      method: call.method,
      headers: call.headers,
      body: call.body ?? null,
      signal,
      headersTimeout: SILENCE_MAX_MS,
      bodyTimeout: SILENCE_MAX_MS,
    })
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > ANSWER_MAX_BYTES) throw cloudError(service, 'malformed', { status: answer.statusCode })
      chunks.push(chunk)
    }
    return {
      status: answer.statusCode,
      headers: singleValues(answer.headers),
      body: Buffer.concat(chunks),
    }
  } catch (thrown) {
    signal?.throwIfAborted()
    throw thrown instanceof StsError ? thrown : cloudError(service, 'network', { cause: thrown })
  }
}

function singleValues(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) values[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return values
}
