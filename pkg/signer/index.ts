export { createPemSigner } from './pem-signer.ts'
export type { Signer } from './signer.ts'
