import { createPrivateKey, sign, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { StsError } from '#pkg/errors'
import type { Signer } from './signer.ts'

/** The least size of an RS256 key, in bits (RFC 7518, section 3.3); what GitHub generates. */
const RSA_MIN_BITS = 2048

const signAsync = promisify(sign)

/**
 * A signer over an unencrypted RSA private key in PEM: PKCS#1 (`BEGIN RSA PRIVATE KEY`, as GitHub hands
 * it out) or PKCS#8 (`BEGIN PRIVATE KEY`).
 *
 * @throws StsError `app_key_unavailable` with `detail.problem` when `pem` is anything else or the key has
 * fewer than 2,048 bits. The text of the key is in no part of the error.
 */
export function createPemSigner(pem: string): Signer {
  const key = readRsaKey(pem)
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (bits < RSA_MIN_BITS) throw unusable('the RSA key has fewer than 2048 bits')
  return {
    description: `PEM, RSA ${bits}`,
    async sign(signingInput, signal) {
      signal.throwIfAborted()
      try {
        // The callback form signs in the thread pool: a signature must not hold up other exchanges.
        return await signAsync('sha256', signingInput, key)
      } catch (cause) {
        throw new StsError('app_key_unavailable', { cause, detail: { problem: 'the key did not sign' } })
      }
    },
  }
}

function readRsaKey(pem: string): KeyObject {
  if (pem.trim() === '') throw unusable('the key is empty')
  let key: KeyObject
  try {
    key = createPrivateKey({ key: pem, format: 'pem' })
  } catch {
    // The cause is left out on purpose: a parser's error may quote what it read.
    throw unusable(problemOf(pem))
  }
  if (key.asymmetricKeyType !== 'rsa') throw unusable('the key is not an RSA key')
  return key
}

/** Why OpenSSL could not read `pem`, as far as its text shows. */
function problemOf(pem: string): string {
  if (/^(?:-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED)/m.test(pem)) {
    return 'the key is encrypted'
  }
  if (/-----BEGIN [A-Z ]*PUBLIC KEY-----/.test(pem)) return 'this is a public key'
  if (/-----BEGIN CERTIFICATE-----/.test(pem)) return 'this is a certificate'
  if (pem.includes('\\n')) return 'its line breaks are written as \\n'
  return 'not a private key in PEM'
}

function unusable(problem: string): StsError {
  return new StsError('app_key_unavailable', { detail: { problem } })
}
