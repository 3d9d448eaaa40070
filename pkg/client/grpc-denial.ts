import type { Metadata } from '@grpc/grpc-js'
import { STATUS_DETAILS_KEY, type WireDefinition } from '#pkg/wire'

import { ClientError, type ClientErrorFacts } from './client-error.ts'
import { printable } from './printable.ts'
import { ERROR_INFO_TYPE, metadataOf, RETRY_INFO_TYPE, serviceCodeOf } from './service-denial.ts'

/** A status that a gRPC server has sent. */
export interface GrpcRefusal {
  readonly code: number
  readonly message: string
  readonly metadata: Metadata
  readonly requestId: string | undefined
  /** What the caller had sent, to be taken out of every text. */
  readonly token: string
  readonly definition: WireDefinition
}

/** The `denied` for a status of a gRPC server, with what its `google.rpc.Status` says where it has one. */
export function grpcDenialOf(refusal: GrpcRefusal): ClientError {
  const { code, message, requestId, token } = refusal
  const facts = detailsOf(refusal)
  return new ClientError('denied', printable(message, token), {
    ...facts,
    grpcCode: code,
    requestId: requestId ?? facts.metadata?.['request_id'],
  })
}

function detailsOf({ metadata, token, definition }: GrpcRefusal): ClientErrorFacts {
  const [bytes] = metadata.get(STATUS_DETAILS_KEY)
  if (!Buffer.isBuffer(bytes)) return {}
  const { status, errorInfo, retryInfo } = definition
  try {
    const { details } = status.deserialize(bytes)
    const any = (type: string): Buffer | undefined => details.find(({ type_url: url }) => url === type)?.value
    const infoBytes = any(ERROR_INFO_TYPE)
    const retryBytes = any(RETRY_INFO_TYPE)
    const info = infoBytes === undefined ? undefined : errorInfo.deserialize(infoBytes)
    const delay = retryBytes === undefined ? undefined : retryInfo.deserialize(retryBytes).retry_delay
    return {
      code: serviceCodeOf(info?.reason),
      metadata: metadataOf(info?.metadata, token),
      retryAfterMs: delay ? Math.ceil(Number(delay.seconds) * 1000 + delay.nanos / 1e6) : undefined,
    }
  } catch {
    // Bytes that are no such message: the code of the call still counts.
    return {}
  }
}
