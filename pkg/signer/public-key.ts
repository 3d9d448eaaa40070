import { createPublicKey, type JsonWebKeyInput, type KeyObject, type PublicKeyInput } from 'node:crypto'
import { cloudError, type CloudService } from '#pkg/cloud'

/** The public half of a key as its service describes it. */
export function readPublicKey(service: CloudService, input: PublicKeyInput | JsonWebKeyInput): KeyObject {
  let key: KeyObject
  try {
    key = createPublicKey(input)
  } catch {
    throw cloudError(service, 'malformed')
  }
  if (key.asymmetricKeyType !== 'rsa') throw cloudError(service, 'unsuitable')
  return key
}
