import { createPublicKey, X509Certificate, type JsonWebKey, type KeyObject } from 'node:crypto'
import { algorithmFor, fitsKey, isAlgorithm, type Algorithm, type KeyType } from './algorithms.ts'
import { decodeBase64url, isJsonObject } from '#pkg/jwt'

/** Smaller ones can be factored (RFC 7518, section 3.3); larger ones make each verification expensive. */
const RSA_MODULUS_MIN_BITS = 2048
const RSA_MODULUS_MAX_BITS = 8192
/** What Go's crypto/rsa takes; a long exponent would make a verification as slow as a signature. */
const RSA_EXPONENT_MAX = 2 ** 31 - 1

/** A public key of an issuer, ready to verify. */
export interface VerificationKey {
  readonly kid: string | undefined
  /** The one algorithm that the key is for; undefined: any that fits its type. */
  readonly algorithm: Algorithm | undefined
  readonly keyType: KeyType
  readonly curve: string | undefined
  readonly key: KeyObject
}

/** RFC 7518, section 6: a key with one of these is not public. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/**
 * Imports one member of a JSON Web Key Set (RFC 7517), or returns undefined for a key that may not
 * verify tokens: of an unknown type or curve, private or symmetric, for encryption, for an algorithm
 * that is not allowed, of an unsafe size, or broken.
 */
export function importVerificationKey(jwk: unknown): VerificationKey | undefined {
  if (!isJsonObject(jwk) || PRIVATE_MEMBERS.some((name) => Object.hasOwn(jwk, name))) return undefined
  const { kid, alg, use, key_ops: operations, x5c } = jwk
  if (kid !== undefined && typeof kid !== 'string') return undefined
  if (use !== undefined && use !== 'sig') return undefined
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify')))
    return undefined
  if (alg !== undefined && !isAlgorithm(alg)) return undefined
  const material = readMaterial(jwk)
  if (material === undefined) return undefined
  const { keyType, curve, publicJwk } = material
  const algorithm = alg ?? algorithmFor(keyType, curve)
  if (algorithm === undefined || !fitsKey(algorithm, keyType, curve)) return undefined
  const key = importPublicKey(publicJwk)
  if (key === undefined || (x5c !== undefined && !isCertified(key, x5c))) return undefined
  return { kid, algorithm: alg, keyType, curve, key }
}

interface KeyMaterial {
  readonly keyType: KeyType
  readonly curve: string | undefined
  /** Nothing but the key itself, so that no other member has a say in its import. */
  readonly publicJwk: JsonWebKey
}

/** The members that make up the public key (RFC 7518, sections 6.2.1 and 6.3.1; RFC 8037, section 2). */
function readMaterial(jwk: Readonly<Record<string, unknown>>): KeyMaterial | undefined {
  const { kty, crv, n, e, x, y } = jwk
  if (kty === 'RSA' && typeof n === 'string' && typeof e === 'string') {
    if (!isSafeModulus(n) || !isSafeExponent(e)) return undefined
    return { keyType: 'RSA', curve: undefined, publicJwk: { kty, n, e } }
  }
  if (typeof crv !== 'string' || typeof x !== 'string') return undefined
  if (kty === 'EC' && typeof y === 'string')
    return { keyType: 'EC', curve: crv, publicJwk: { kty, crv, x, y } }
  if (kty === 'OKP') return { keyType: 'OKP', curve: crv, publicJwk: { kty, crv, x } }
  return undefined
}

function isSafeModulus(text: string): boolean {
  const modulus = readNumber(text)
  if (modulus === undefined) return false
  const bits = modulus.toString(2).length
  return bits >= RSA_MODULUS_MIN_BITS && bits <= RSA_MODULUS_MAX_BITS
}

function isSafeExponent(text: string): boolean {
  const exponent = readNumber(text)
  return exponent !== undefined && exponent >= 3n && exponent <= RSA_EXPONENT_MAX && exponent % 2n === 1n
}

/** A Base64urlUInt (RFC 7518, section 2), leading zeros allowed as some issuers send them. */
function readNumber(text: string): bigint | undefined {
  const bytes = decodeBase64url(text)
  return bytes === undefined || bytes.length === 0 ? undefined : BigInt(`0x${bytes.toString('hex')}`)
}

function importPublicKey(key: JsonWebKey): KeyObject | undefined {
  try {
    return createPublicKey({ key, format: 'jwk' })
  } catch {
    // Not a point on the curve, not a number: whatever is wrong with it, it is not a key.
    return undefined
  }
}

/** RFC 7517, section 4.7: the first certificate, standard base64 of DER, is of this very key. */
function isCertified(key: KeyObject, x5c: unknown): boolean {
  const first: unknown = Array.isArray(x5c) ? x5c[0] : undefined
  if (typeof first !== 'string') return false
  try {
    return new X509Certificate(Buffer.from(first, 'base64')).publicKey.equals(key)
  } catch {
    return false
  }
}
