import { verify, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { cloudError, type CloudService } from '#pkg/cloud'
import type { ServiceKey } from './service-key.ts'

const verifyAsync = promisify<string, Uint8Array, KeyObject, Uint8Array, boolean>(verify)

/** Resolves when the signature is one of the key over the input. */
export type SignatureCheck = (input: Uint8Array, signature: Uint8Array, signal: AbortSignal) => Promise<void>

/**
 * Verifies signatures with the public half of `key`, which is read when the first one comes. It is read once more for a
 * signature that it does not verify: an alias, or a key named without its version, may have moved on to another.
 *
 * The check throws StsError `app_key_unavailable`: `signature_mismatch`, and what reading the key gives.
 */
export function createSignatureCheck(service: CloudService, key: ServiceKey): SignatureCheck {
  let known: KeyObject | undefined

  return async (input, signature, signal) => {
    if (known !== undefined && (await verifyAsync('sha256', input, known, signature))) return
    const read = await key.publicKey(signal)
    if (!(await verifyAsync('sha256', input, read, signature)))
      throw cloudError(service, 'signature_mismatch')
    known = read
  }
}
