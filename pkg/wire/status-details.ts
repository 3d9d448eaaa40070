import { GRPC_STATUS } from './status-codes.ts'
import type { WireDefinition } from './wire-definition.ts'
import type { WireError } from './wire-error.ts'

/** The metadata key under which gRPC clients look for a serialized `google.rpc.Status`. */
export const STATUS_DETAILS_KEY = 'grpc-status-details-bin'

const ERROR_INFO_URL = 'type.googleapis.com/google.rpc.ErrorInfo'
const RETRY_INFO_URL = 'type.googleapis.com/google.rpc.RetryInfo'

/** The bytes of a `google.rpc.Status` with ErrorInfo and, where a retry time is known, RetryInfo. */
export function encodeStatusDetails(definition: WireDefinition, error: WireError): Buffer {
  const details = [
    {
      type_url: ERROR_INFO_URL,
      value: definition.errorInfo.serialize({
        reason: error.code,
        domain: error.domain,
        metadata: error.metadata,
      }),
    },
  ]
  if (error.retryAfterMs !== undefined) {
    const seconds = Math.floor(error.retryAfterMs / 1000)
    const nanos = (error.retryAfterMs % 1000) * 1_000_000
    details.push({
      type_url: RETRY_INFO_URL,
      value: definition.retryInfo.serialize({ retry_delay: { seconds, nanos } }),
    })
  }
  return definition.status.serialize({ code: GRPC_STATUS[error.grpcStatus], message: error.message, details })
}
