import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'

import { credentials, loadPackageDefinition, Metadata, type ServiceError } from '@grpc/grpc-js'

import {
  loadWireDefinition,
  STATUS_DETAILS_KEY,
  type SecurityTokenServiceClient,
  type WireDefinition,
} from '#pkg/wire'

type Output<Name extends 'errorInfo' | 'retryInfo'> = ReturnType<WireDefinition[Name]['deserialize']>
type RawToken = ReturnType<WireDefinition['service']['Exchange']['responseDeserialize']>

export interface GrpcOutcome {
  readonly error: ServiceError | null
  readonly token: RawToken | undefined
  readonly trailers: Metadata | undefined
}

export interface GrpcRequest {
  readonly scope?: string
  readonly scopes?: string[]
  readonly identity?: string
}

export interface GrpcClient {
  readonly client: SecurityTokenServiceClient
  exchange(request: GrpcRequest, options?: { metadata?: Metadata; deadlineMs?: number }): Promise<GrpcOutcome>
}

export function bearer(token = 'header.payload.signature'): Metadata {
  const metadata = new Metadata()
  metadata.set('authorization', `Bearer ${token}`)
  return metadata
}

/** A client of grpc-js, closed after the test. */
export function grpcClient(t: TestContext, port: number): GrpcClient {
  const { servicePackage } = loadWireDefinition()
  const root = loadPackageDefinition(servicePackage) as unknown as {
    chainguard: {
      platform: {
        oidc: { SecurityTokenService: new (...args: unknown[]) => SecurityTokenServiceClient }
      }
    }
  }
  const client = new root.chainguard.platform.oidc.SecurityTokenService(
    `127.0.0.1:${port}`,
    credentials.createInsecure(),
  )
  t.after(() => {
    client.close()
  })
  return {
    client,
    exchange: (request, { metadata = bearer(), deadlineMs } = {}) =>
      new Promise((resolve) => {
        let trailers: Metadata | undefined
        const call = client.Exchange(
          request,
          metadata,
          deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs },
          (error: ServiceError | null, token?: RawToken) => {
            // The status event comes after the callback.
            setImmediate(() => {
              resolve({ error, token, trailers })
            })
          },
        )
        call.on('status', (status) => {
          trailers = status.metadata
        })
      }),
  }
}

export interface StatusDetails {
  readonly code: number
  readonly message: string
  readonly info: Output<'errorInfo'>
  readonly retry: Output<'retryInfo'> | undefined
}

/** The `google.rpc.Status` of a failed call, decoded. */
export function statusDetails(metadata: Metadata): StatusDetails {
  const { status, errorInfo, retryInfo } = loadWireDefinition()
  const [bytes] = metadata.get(STATUS_DETAILS_KEY)
  assert.ok(Buffer.isBuffer(bytes), 'grpc-status-details-bin')
  const { code, message, details } = status.deserialize(bytes)
  const any = (type: string): Buffer | undefined =>
    details.find(({ type_url }) => type_url === `type.googleapis.com/google.rpc.${type}`)?.value
  const info = any('ErrorInfo')
  const retry = any('RetryInfo')
  assert.ok(info !== undefined, 'ErrorInfo')
  return {
    code,
    message,
    info: errorInfo.deserialize(info),
    retry: retry === undefined ? undefined : retryInfo.deserialize(retry),
  }
}
