export type { Dial } from './guarded-connect.ts'
export type { ResolveHost, ResolveOptions } from './resolve-host.ts'
export {
  createTokenVerifier,
  type TokenVerifier,
  type TokenVerifierOptions,
  type VerifiedToken,
} from './token-verifier.ts'
