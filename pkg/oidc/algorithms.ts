import { constants, verify, type KeyObject } from 'node:crypto'

/** Key types of JSON Web Keys (RFC 7518, section 6.1; RFC 8037, section 2) that verify signatures. */
export type KeyType = 'RSA' | 'EC' | 'OKP'

/** How one JWS algorithm verifies (RFC 7518, section 3.1; RFC 8037, section 3.1). */
interface AlgorithmRules {
  readonly keyType: KeyType
  /** The one curve of the algorithm; undefined for RSA. */
  readonly curve?: string
  /** Undefined: the algorithm hashes on its own. */
  readonly hash?: string
  readonly pss?: true
}

const ALGORITHMS = {
  RS256: { keyType: 'RSA', hash: 'sha256' },
  RS384: { keyType: 'RSA', hash: 'sha384' },
  RS512: { keyType: 'RSA', hash: 'sha512' },
  PS256: { keyType: 'RSA', hash: 'sha256', pss: true },
  PS384: { keyType: 'RSA', hash: 'sha384', pss: true },
  PS512: { keyType: 'RSA', hash: 'sha512', pss: true },
  ES256: { keyType: 'EC', curve: 'P-256', hash: 'sha256' },
  ES384: { keyType: 'EC', curve: 'P-384', hash: 'sha384' },
  ES512: { keyType: 'EC', curve: 'P-521', hash: 'sha512' },
  EdDSA: { keyType: 'OKP', curve: 'Ed25519' },
} as const satisfies Readonly<Record<string, AlgorithmRules>>

/** The signature algorithms that a token may use: public keys only, no `none`, no HMAC. */
export type Algorithm = keyof typeof ALGORITHMS

/** Whether `value` is the exact name of an algorithm that a token may use. */
export function isAlgorithm(value: unknown): value is Algorithm {
  return typeof value === 'string' && Object.hasOwn(ALGORITHMS, value)
}

/** Whether `algorithm` works with keys of this type and, where the type has one, curve. */
export function fitsKey(algorithm: Algorithm, keyType: KeyType, curve: string | undefined): boolean {
  const rules: AlgorithmRules = ALGORITHMS[algorithm]
  return rules.keyType === keyType && rules.curve === curve
}

/** The first algorithm that fits a key: enough to import it, whichever it verifies with later. */
export function algorithmFor(keyType: KeyType, curve: string | undefined): Algorithm | undefined {
  return Object.keys(ALGORITHMS).find(
    (name): name is Algorithm => isAlgorithm(name) && fitsKey(name, keyType, curve),
  )
}

/**
 * Whether `signature` is the signature of `input` by `key`.
 *
 * Calls OpenSSL directly: `jose.compactVerify` goes through WebCrypto and its thread pool and costs five
 * times as much, about half an RSA signature for each exchange.
 *
 * @param key - one that {@link fitsKey} the algorithm.
 */
export function verifySignature(
  algorithm: Algorithm,
  key: KeyObject,
  input: Buffer,
  signature: Buffer,
): boolean {
  const rules: AlgorithmRules = ALGORITHMS[algorithm]
  if (rules.keyType === 'EC') {
    // RFC 7518, section 3.4: the two numbers side by side, not DER.
    return verify(rules.hash, input, { key, dsaEncoding: 'ieee-p1363' }, signature)
  }
  if (rules.pss !== true) return verify(rules.hash, input, key, signature)
  // RFC 7518, section 3.5: the salt is as long as the hash.
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
  return verify(rules.hash, input, { key, ...padding }, signature)
}
