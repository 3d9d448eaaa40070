import {
  status as grpcStatus,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type Server,
  type ServerWritableStream,
  type ServiceDefinition,
} from '@grpc/grpc-js'
import { service as healthDefinition } from 'grpc-health-check'

import { SERVICE_NAME } from '#pkg/wire'

import type { ServiceContext } from './service.ts'

/** How often readiness is looked at for those who watch it, in milliseconds. */
const WATCH_SAMPLE_MS = 1_000

interface HealthRequest {
  readonly service: string
}
interface HealthResponse {
  readonly status: 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN'
}
type Watcher = ServerWritableStream<HealthRequest, HealthResponse>

/** `grpc.health.v1.Health`, whose answers follow readiness. */
export interface HealthService {
  readonly definition: ServiceDefinition
  /** Tells watchers now, not at the next sample. */
  refresh(): void
  /** Ends all watches, which otherwise last as long as their connection. */
  close(): void
}

/**
 * Adds the health service to `server`. The implementation of grpc-health-check remembers every name that
 * was ever watched; this one knows the server (the empty name) and the one service.
 */
export function addHealthService(
  server: Server,
  { readiness }: Pick<ServiceContext, 'readiness'>,
): HealthService {
  const names: ReadonlySet<string> = new Set(['', SERVICE_NAME])
  const watchers = new Set<Watcher>()
  const strangers = new Set<Watcher>()
  let told: HealthResponse['status'] | undefined
  let sampler: NodeJS.Timeout | undefined

  function status(): HealthResponse['status'] {
    return readiness().ready ? 'SERVING' : 'NOT_SERVING'
  }
  function refresh(): void {
    const current = status()
    if (current === told) return
    told = current
    for (const watcher of watchers) watcher.write({ status: current })
  }

  const check: handleUnaryCall<HealthRequest, HealthResponse> = (call, callback) => {
    if (names.has(call.request.service)) callback(null, { status: status() })
    else callback({ code: grpcStatus.NOT_FOUND, details: 'unknown service' })
  }
  const list: handleUnaryCall<object, { statuses: Record<string, HealthResponse> }> = (_call, callback) => {
    callback(null, { statuses: Object.fromEntries([...names].map((name) => [name, { status: status() }])) })
  }
  const watch: handleServerStreamingCall<HealthRequest, HealthResponse> = (call) => {
    if (!names.has(call.request.service)) {
      // The call stays open, as the protocol has it, though no service is added later.
      call.write({ status: 'SERVICE_UNKNOWN' })
      strangers.add(call)
      call.on('cancelled', () => strangers.delete(call))
      return
    }
    refresh()
    call.write({ status: told ?? status() })
    watchers.add(call)
    sampler ??= setInterval(refresh, WATCH_SAMPLE_MS).unref()
    call.on('cancelled', () => {
      watchers.delete(call)
      if (watchers.size > 0) return
      clearInterval(sampler)
      sampler = undefined
    })
  }
  server.addService(healthDefinition, { check, list, watch })

  return {
    definition: healthDefinition,
    refresh,
    close() {
      for (const watcher of [...watchers, ...strangers]) watcher.end()
    },
  }
}
