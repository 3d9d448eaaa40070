import { generateKeyPairSync } from 'node:crypto'

/** An App's key pair, as PEM. */
export interface AppKey {
  /** PKCS#1, as GitHub hands it out. */
  readonly privateKey: string
  /** SPKI. */
  readonly publicKey: string
}

/** Makes a key pair for an App: RSA, 2048 bits. */
export function generateAppKey(): AppKey {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
}
