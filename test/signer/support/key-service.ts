import type { KeyObject } from 'node:crypto'
import type { CloudProvider } from '#pkg/cloud'
import type { CloudAnswer, CloudServer } from '../../cloud/support/cloud-server.ts'

/** What a key service is made to answer, in the words of this project. */
export type Fault =
  'credentials' | 'permission' | 'not_found' | 'disabled' | 'unsuitable' | 'throttled' | 'unavailable'

/** Plays one provider's key service with one key. */
export interface KeyService extends CloudServer {
  readonly provider: CloudProvider
  /** Of its key. */
  readonly name: string
  /** Requests for a signature, beside those without a token. */
  readonly signatures: () => number
  readonly publicKeyReads: () => number
  /** Answers the next `times` requests for a signature with this instead. */
  fail(answer: CloudAnswer, times?: number): void
  /** What the provider says in that case. */
  readonly faults: Readonly<Record<Fault, CloudAnswer>>
  /** Signs with another key from now on. */
  useKey(key: KeyObject): void
  /** Describes another key from now on. */
  usePublicKey(key: KeyObject): void
  /** Signs with these bytes from now on. */
  useSignature(bytes: Buffer): void
}

/** The part that is the same for all. */
export interface KeyState {
  signatures: number
  publicKeyReads: number
  key: KeyObject
  publicKey: KeyObject
  signature: Buffer | undefined
  readonly planned: CloudAnswer[]
}
