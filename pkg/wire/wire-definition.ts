import { fileURLToPath } from 'node:url'

import { loadSync, type MessageTypeDefinition, type PackageDefinition } from '@grpc/proto-loader'

import type { SecurityTokenServiceDefinition } from './generated/chainguard/platform/oidc/SecurityTokenService.ts'
import type { ErrorInfo, ErrorInfo__Output } from './generated/google/rpc/ErrorInfo.ts'
import type { RetryInfo, RetryInfo__Output } from './generated/google/rpc/RetryInfo.ts'
import type { Status, Status__Output } from './generated/google/rpc/Status.ts'

/** The full name of the service, as clients and health checks write it. */
export const SERVICE_NAME = 'chainguard.platform.oidc.SecurityTokenService'

/** What `proto/` defines: the service, and the messages that carry details of an error. */
export interface WireDefinition {
  readonly service: SecurityTokenServiceDefinition
  readonly status: MessageTypeDefinition<Status, Status__Output>
  readonly errorInfo: MessageTypeDefinition<ErrorInfo, ErrorInfo__Output>
  readonly retryInfo: MessageTypeDefinition<RetryInfo, RetryInfo__Output>
  /** The package of the service alone, for server reflection. */
  readonly servicePackage: PackageDefinition
}

// The same from the sources (pkg/wire) and from the build (dist/pkg/wire), which has a copy of proto/.
const PROTO_FOLDER = fileURLToPath(new URL('../../proto', import.meta.url))

// The options that the types in generated/ were made with (scripts/generate-wire.mjs).
const LOAD_OPTIONS = {
  keepCase: true,
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
  includeDirs: [PROTO_FOLDER],
}

/** Reads and compiles the files of `proto/`, a matter of tens of milliseconds: to be done once, at start. */
export function loadWireDefinition(): WireDefinition {
  const servicePackage = loadSync('platform/oidc/v1/oidc.platform.proto', LOAD_OPTIONS)
  const errors = loadSync(['google/rpc/status.proto', 'google/rpc/error_details.proto'], LOAD_OPTIONS)
  // proto-loader's own types do not tell the members apart; a test compares the generated ones with proto/.
  const definition: unknown = {
    service: servicePackage[SERVICE_NAME],
    status: errors['google.rpc.Status'],
    errorInfo: errors['google.rpc.ErrorInfo'],
    retryInfo: errors['google.rpc.RetryInfo'],
    servicePackage,
  }
  return definition as WireDefinition
}
