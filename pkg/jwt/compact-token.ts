import { StsError } from '#pkg/errors'
import { decodeBase64url } from './base64url.ts'
import { isJsonObject, parseStrictJson } from './strict-json.ts'

/** The longest bearer that is looked at. */
export const BEARER_MAX_BYTES = 16 * 1024

/** Members of a token's header or payload. Frozen, and without a prototype: every name is an own member or absent. */
export type TokenRecord = Readonly<Record<string, unknown>>

/** A JWT that has been read, but not verified: anyone may have written it. */
export interface UnverifiedToken {
  readonly header: TokenRecord & { readonly alg: string; readonly kid?: string }
  readonly claims: TokenRecord
  /** The claim `iss`: not empty, its syntax not judged. */
  readonly issuer: string
  /** What was signed: header and payload as they were sent. Of the token's secrecy: never to be logged. */
  readonly signingInput: Buffer
  /** Empty if the token has none. Never to be logged. */
  readonly signature: Buffer
}

/**
 * Reads a bearer as a JWT in JWS compact serialization (RFC 7515, section 7.1), strictly; verifies nothing.
 *
 * Three parts in canonical base64url, header and payload JSON objects that have exactly one meaning
 * (see `strict-json.ts`), `alg` and `iss` strings.
 *
 * @throws StsError (TOKEN_MALFORMED) `token_too_large`, `token_not_compact`, `token_header_malformed`,
 *   `token_payload_malformed`, `issuer_missing`.
 */
export function readToken(bearer: string): UnverifiedToken {
  // One character is one byte wherever the token is well formed.
  if (bearer.length > BEARER_MAX_BYTES) throw new StsError('token_too_large')
  const [headerPart, payloadPart, signaturePart, ...rest] = bearer.split('.', 4)
  if (!headerPart || !payloadPart || signaturePart === undefined || rest.length > 0) {
    throw new StsError('token_not_compact')
  }
  const headerBytes = decodeBase64url(headerPart)
  const payloadBytes = decodeBase64url(payloadPart)
  const signature = decodeBase64url(signaturePart)
  if (headerBytes === undefined || payloadBytes === undefined || signature === undefined) {
    throw new StsError('token_not_compact')
  }
  const header = readRecord(headerBytes)
  if (header === undefined || !isTokenHeader(header)) throw new StsError('token_header_malformed')
  const claims = readRecord(payloadBytes)
  if (claims === undefined) throw new StsError('token_payload_malformed')
  const issuer = claims['iss']
  if (typeof issuer !== 'string' || issuer === '') throw new StsError('issuer_missing')
  const signingInput = Buffer.from(`${headerPart}.${payloadPart}`, 'latin1')
  return { header, claims, issuer, signingInput, signature }
}

/** RFC 7515, sections 4.1.1 and 4.1.4: `alg` must be there, both are strings. */
function isTokenHeader(header: TokenRecord): header is UnverifiedToken['header'] {
  const { alg, kid } = header
  return typeof alg === 'string' && alg !== '' && (kid === undefined || typeof kid === 'string')
}

function readRecord(bytes: Buffer): TokenRecord | undefined {
  const value = parseStrictJson(bytes)
  if (!isJsonObject(value)) return undefined
  // Without a prototype `__proto__` is a name like any other, and `constructor` is absent unless sent.
  const record: Record<string, unknown> = Object.assign(Object.create(null) as object, value)
  return Object.freeze(record)
}
