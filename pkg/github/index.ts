export type { MintedToken } from './minted-token.ts'
export type { CallEvent, CallObserver, Operation } from './call-event.ts'
export { createConnectionPool, type ConnectionPoolOptions } from './connection-pool.ts'
export {
  createGitHubApp,
  type GitHubApp,
  type GitHubAppOptions,
  type MintTokenRequest,
} from './github-app.ts'
export { createGrant, type Grant } from './grant.ts'
export type { FindOptions } from './installation-directory.ts'
export type { Installation, RepositoryName } from './installation.ts'
export type { Pause } from './pause.ts'
export type { Quota } from './rate-limit.ts'
export type { FileRead, FileRequest, ReadFileOptions } from './repository-contents.ts'
export type { RevocableToken } from './token-revoker.ts'
