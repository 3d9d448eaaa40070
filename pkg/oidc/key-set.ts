import { setImmediate } from 'node:timers/promises'
import { StsError } from '#pkg/errors'
import { fitsKey, isAlgorithm, verifySignature, type Algorithm } from './algorithms.ts'
import { isJsonObject, type UnverifiedToken } from '#pkg/jwt'
import { importVerificationKey, type VerificationKey } from './jwk.ts'

/** Members of a key set that are looked at; the rest is ignored. */
export const KEY_SET_MAX_KEYS = 100
/** Keys that one token may cost a verification with. */
const KEYS_TRIED_MAX = 10

/** The keys of an issuer that may verify tokens; never empty. */
export type KeySet = readonly VerificationKey[]

/** `no_key`: the set has no key that this token could have been signed with. */
export type SignatureVerdict = 'verified' | 'no_key' | 'not_verified'

/**
 * Reads a JSON Web Key Set (RFC 7517, section 5). A key that cannot be used is left out and never
 * spoils the others.
 *
 * @throws StsError `issuer_key_set_unusable` for a document that is no key set or has no usable key.
 */
export async function readKeySet(document: unknown): Promise<KeySet> {
  const members: unknown = isJsonObject(document) ? document['keys'] : undefined
  const keys: VerificationKey[] = []
  if (Array.isArray(members)) {
    for (const member of members.slice(0, KEY_SET_MAX_KEYS) as readonly unknown[]) {
      const key = importVerificationKey(member)
      // A point of P-521 takes 1.5 ms to check, and anyone can send a hundred: others have a turn in between.
      await setImmediate()
      if (key !== undefined) keys.push(key)
    }
  }
  if (keys.length === 0) {
    const found = Array.isArray(members) ? members.length : 0
    throw new StsError('issuer_key_set_unusable', { detail: { keys: found, usable: 0 } })
  }
  return keys
}

/**
 * Verifies the signature of a token with the keys that its header may mean: those with its `kid`, or
 * all if it has none (RFC 7515, section 4.1.4), at most {@link KEYS_TRIED_MAX}.
 *
 * @param algorithms - those that the issuer signs with; a token with another one has no key.
 */
export function verifyWithKeySet(
  token: UnverifiedToken,
  keys: KeySet,
  algorithms: ReadonlySet<Algorithm>,
): SignatureVerdict {
  const { alg, kid } = token.header
  if (!isAlgorithm(alg) || !algorithms.has(alg)) return 'no_key'
  let tried = 0
  for (const key of keys) {
    if (kid !== undefined && key.kid !== kid) continue
    if (key.algorithm === undefined ? !fitsKey(alg, key.keyType, key.curve) : key.algorithm !== alg) continue
    if (tried++ === KEYS_TRIED_MAX) break
    if (verifySignature(alg, key.key, token.signingInput, token.signature)) return 'verified'
  }
  return tried === 0 ? 'no_key' : 'not_verified'
}
