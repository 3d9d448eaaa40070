export type { MintedToken } from './minted-token.ts'
export type { CallEvent, CallObserver, Operation } from './call-event.ts'
export type { ChangedFile, ChangedFiles } from './changed-files.ts'
export type {
  CheckAnnotation,
  CheckConclusion,
  CheckedPullRequest,
  CheckRun,
  CheckRunChange,
  CheckRunOutput,
  NewCheckRun,
} from './check-run.ts'
export {
  createAppPool,
  type AppPool,
  type AppPoolOptions,
  type OpenPool,
  type PooledToken,
} from './pool/app-pool.ts'
export { createStickyRoutes, routeKey, type RouteSubject, type StickyRoutes } from './pool/sticky-routes.ts'
export { createConnectionPool, type ConnectionPoolOptions } from './connection-pool.ts'
export {
  createGitHubApp,
  type GitHubApp,
  type GitHubAppOptions,
  type MintTokenRequest,
} from './github-app.ts'
export type { FolderEntry, FolderListing } from './folder-listing.ts'
export type {
  CommitRange,
  FileAtCommit,
  GitHubReviews,
  PathAtCommit,
  ReviewOptions,
} from './github-reviews.ts'
export { createGrant, lackingPermissions, type Grant } from './grant.ts'
export type { DeliveryListing, HookDelivery, ListDeliveriesOptions } from './hook-deliveries.ts'
export type { FindOptions } from './installation-directory.ts'
export type { Installation, RepositoryName } from './installation.ts'
export type { Pause } from './pause.ts'
export type { Quota } from './rate-limit.ts'
export type { FileRead, FileRequest, FolderRead, ReadFileOptions } from './repository-contents.ts'
export { createGitHubLimits, type GitHubLimits, type GitHubLimitsOptions } from './quota/github-limits.ts'
export type { AppCandidate, InstallationQuota } from './quota/installation-quota.ts'
export { rankApps, type AppStanding, type RankedApp, type RankOptions } from './quota/rank-apps.ts'
export { isObjectId } from './object-id.ts'
export type { ReviewTarget } from './review-target.ts'
export type { RevocableToken } from './token-revoker.ts'
export { isUnanswered } from './unanswered.ts'
