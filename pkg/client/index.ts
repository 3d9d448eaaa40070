export { requestActionsToken, type ActionsTokenRequest } from './actions-token.ts'
export { readBaseUrl, readTokenUrl, urlBelow } from './base-url.ts'
export { ClientError, type ClientErrorFacts, type ClientErrorKind } from './client-error.ts'
export { exchangeOverGrpc, type GrpcOptions } from './exchange-over-grpc.ts'
export { exchangeToken, type ExchangedToken, type ExchangeRequest } from './exchange-token.ts'
export {
  sendRequest,
  type Fetch,
  type HttpAnswer,
  type HttpOptions,
  type HttpRequest,
} from './http-request.ts'
export { readObject } from './json-object.ts'
export type { RetryOptions } from './retry.ts'
export { revokeToken, type Revocation, type RevokeRequest } from './revoke-token.ts'
