export { createKmsSigner, type KmsSignerOptions } from './kms-signer.ts'
export { createPemSigner } from './pem-signer.ts'
export type { Signer } from './signer.ts'
