import type { KeyObject } from 'node:crypto'

/** A key that a key service holds. What goes wrong is an StsError `app_key_unavailable`. */
export interface ServiceKey {
  /** One attempt at an RS256 signature over `input`; unchecked but for what the service's own protocol checks. */
  sign(input: Uint8Array, signal: AbortSignal): Promise<Uint8Array>
  /** Its public half, read anew at each call; `unsuitable` when it is not one for RS256. */
  publicKey(signal: AbortSignal): Promise<KeyObject>
}
