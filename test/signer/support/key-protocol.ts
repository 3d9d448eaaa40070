import { privateEncrypt, type KeyObject } from 'node:crypto'
import type { TestContext } from 'node:test'
import type { CloudAnswer, SeenRequest } from '../../cloud/support/cloud-server.ts'
import type { KeyService, KeyState } from './key-service.ts'

/** How one provider speaks. */
export interface KeyProtocol {
  readonly name: string
  readonly faults: KeyService['faults']
  serve(request: SeenRequest, state: KeyState): CloudAnswer
  useIdentity(t: TestContext, plainHost: string): void
}

/** DigestInfo of SHA-256 (RFC 8017, section 9.2, note 1). */
const DIGEST_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex')

/** RSASSA-PKCS1-v1_5 over a digest that was made elsewhere. */
export function signDigest(key: KeyObject, digest: Buffer): Buffer {
  return privateEncrypt(key, Buffer.concat([DIGEST_INFO, digest]))
}
