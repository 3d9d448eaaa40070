export type { ExchangeRequest__Output as ExchangeRequest } from './generated/chainguard/platform/oidc/ExchangeRequest.ts'
export type { RawToken } from './generated/chainguard/platform/oidc/RawToken.ts'
export type { SecurityTokenServiceClient } from './generated/chainguard/platform/oidc/SecurityTokenService.ts'
export { encodeStatusDetails, STATUS_DETAILS_KEY } from './status-details.ts'
export { GRPC_STATUS, grpcStatusOf, httpStatusOf, type GrpcStatusName } from './status-codes.ts'
export { dateTimeOf, timestampOf, type Timestamp } from './timestamp.ts'
export { loadWireDefinition, SERVICE_NAME, type WireDefinition } from './wire-definition.ts'
export {
  ERROR_MAX_BYTES,
  errorJson,
  wireErrorOf,
  type WireError,
  type WireErrorContext,
} from './wire-error.ts'
