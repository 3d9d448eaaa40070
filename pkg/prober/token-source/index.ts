export {
  createActionsSource,
  createGoogleSource,
  type ActionsCredentials,
  type IdentityTokens,
} from './asked-source.ts'
export { createFileSource } from './file-source.ts'
export { createIssuerSource } from './issuer-source.ts'
export type { TokenCall, TokenSource } from './token-source.ts'
