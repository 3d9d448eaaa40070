import { Server, type ServiceDefinition } from '@grpc/grpc-js'

import type { GrpcCalls } from './grpc-call.ts'
import { addExchangeService } from './grpc-exchange.ts'
import { addHealthService, type HealthService } from './grpc-health.ts'
import { addReflectionServices } from './grpc-reflection.ts'
import type { ServiceContext } from './service.ts'

/** How the messages of a method come and go. */
export type MethodKind = 'unary' | 'server-streaming' | 'bidirectional'

/** grpc-js's server with the services registered; the HTTP/2 front gives it its streams. */
export interface GrpcServer {
  readonly server: Server
  readonly calls: GrpcCalls
  /** All methods that exist, by path. */
  readonly methods: ReadonlyMap<string, MethodKind>
  readonly health: HealthService
}

export interface GrpcServerOptions {
  readonly service: ServiceContext
  readonly reflection: boolean
}

export function createGrpcServer({ service, reflection }: GrpcServerOptions): GrpcServer {
  const { limits, definition } = service
  const server = new Server({
    'grpc.max_receive_message_length': limits.bodyBytes,
    'grpc.max_concurrent_streams': limits.streams,
    // Node 20 does not notice the end of a connection whose session has failed: unanswered, it is destroyed.
    'grpc.keepalive_time_ms': limits.probeMs,
    'grpc.keepalive_timeout_ms': limits.probeTimeoutMs,
    'grpc.max_connection_age_ms': limits.ageMs,
    'grpc.max_connection_age_grace_ms': limits.ageGraceMs,
    'grpc-node.max_session_memory': limits.sessionMegabytes,
    'grpc.enable_channelz': 0,
  })
  const calls: GrpcCalls = new Map()
  const methods = new Map<string, MethodKind>()
  const register = (added: ServiceDefinition): void => {
    for (const { path, requestStream, responseStream } of Object.values(added)) {
      methods.set(path, requestStream ? 'bidirectional' : responseStream ? 'server-streaming' : 'unary')
    }
  }

  register(addExchangeService(server, service, calls))
  const health = addHealthService(server, service)
  register(health.definition)
  if (reflection) {
    for (const added of addReflectionServices(server, definition)) register(added)
  }
  return { server, calls, methods, health }
}
