import { ClientError } from './client-error.ts'
import type { HttpAnswer } from './http-request.ts'
import { isObject, readObject, type JsonObject } from './json-object.ts'
import { printable } from './printable.ts'

export const ERROR_INFO_TYPE = 'type.googleapis.com/google.rpc.ErrorInfo'
export const RETRY_INFO_TYPE = 'type.googleapis.com/google.rpc.RetryInfo'

const SERVICE_CODE = /^[A-Z][A-Z0-9_]{0,62}$/
const METADATA_MAX_ENTRIES = 16
const SECONDS = /^(\d{1,9}(?:\.\d{1,9})?)s?$/

/**
 * The error for an answer of 400 or more: `denied` when it has the form of a `google.rpc.Status` in JSON, as this
 * service, octo-sts and grpc-gateway write it, else `unexpected_answer`.
 * https://cloud.google.com/apis/design/errors
 */
export function denialOf({ status, headers, text }: HttpAnswer, host: string, token: string): ClientError {
  const requestId = requestIdOf(headers, token)
  const body = readObject(text)
  if (status < 400 || typeof body?.['code'] !== 'number' || typeof body['message'] !== 'string') {
    const message = `${host} answers with HTTP ${status}, and not as a security token service does`
    return new ClientError('unexpected_answer', message, { httpStatus: status, requestId })
  }
  const details: readonly unknown[] = Array.isArray(body['details']) ? body['details'] : []
  const info = detailOf(details, ERROR_INFO_TYPE)
  return new ClientError('denied', printable(body['message'], token), {
    httpStatus: status,
    grpcCode: body['code'],
    code: serviceCodeOf(info?.['reason']),
    metadata: metadataOf(info?.['metadata'], token),
    requestId,
    retryAfterMs: retryAfterOf(detailOf(details, RETRY_INFO_TYPE)?.['retryDelay'], headers),
  })
}

/** The id under which the service logs the request. */
export function requestIdOf(headers: Headers, token: string): string | undefined {
  return textOf(headers.get('sts-request-id') ?? headers.get('x-request-id'), token)
}

/** A header as text to show; undefined when there is none. */
export function textOf(header: string | null, token: string): string | undefined {
  return header === null || header === '' ? undefined : printable(header, token)
}

/** The reason of an ErrorInfo where it can be a code of a service. */
export function serviceCodeOf(reason: unknown): string | undefined {
  return typeof reason === 'string' && SERVICE_CODE.test(reason) ? reason : undefined
}

function detailOf(details: readonly unknown[], type: string): JsonObject | undefined {
  return details.filter(isObject).find((detail) => detail['@type'] === type)
}

/** The metadata of an ErrorInfo, printable and of at most 16 entries. */
export function metadataOf(metadata: unknown, token: string): Readonly<Record<string, string>> {
  if (!isObject(metadata)) return {}
  const entries = Object.entries(metadata)
    .slice(0, METADATA_MAX_ENTRIES)
    .flatMap(([name, value]) =>
      typeof value === 'string' ? [[printable(name, token), printable(value, token)] as const] : [],
    )
  return Object.fromEntries(entries)
}

/** `Retry-After` in seconds (RFC 9110, section 10.2.3), or the duration of RetryInfo, which is finer. */
function retryAfterOf(delay: unknown, headers: Headers): number | undefined {
  const text = typeof delay === 'string' ? delay : (headers.get('retry-after') ?? '')
  const seconds = SECONDS.exec(text)?.[1]
  return seconds === undefined ? undefined : Math.ceil(Number(seconds) * 1000)
}
