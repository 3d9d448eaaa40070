import {
  Metadata,
  status,
  type handleUnaryCall,
  type sendUnaryData,
  type Server,
  type ServiceDefinition,
} from '@grpc/grpc-js'

import { denialOf, StsError, toStsError, type Denial, type ErrorCode, type Reason } from '#pkg/errors'
import type { ExchangeOutcome } from '#pkg/exchange'
import {
  encodeStatusDetails,
  STATUS_DETAILS_KEY,
  timestampOf,
  wireErrorOf,
  type ExchangeRequest,
  type RawToken,
} from '#pkg/wire'

import { grantMetadata } from './answer-metadata.ts'
import { checkBearerSize } from './bearer-limit.ts'
import { runExchange } from './exchange-run.ts'
import { STREAM_KEY, type GrpcCall, type GrpcCalls } from './grpc-call.ts'
import { wasDelivered } from './http2-stream.ts'
import { readOrigin } from './request-origin.ts'
import type { ServiceContext } from './service.ts'

/** A request message; undefined when its bytes are none, which grpc-js by itself would answer with INTERNAL. */
interface Decoded {
  readonly message: ExchangeRequest | undefined
}

interface Result {
  readonly code: ErrorCode | 'OK'
  readonly reason?: Reason | undefined
}

/** Adds `SecurityTokenService` to `server` and returns its definition. */
export function addExchangeService(
  server: Server,
  service: ServiceContext,
  calls: GrpcCalls,
): ServiceDefinition {
  const { definition, observer, now } = service
  const { Exchange, ExchangeRefreshToken } = definition.service

  function take(metadata: Metadata): GrpcCall | undefined {
    const call = calls.get(String(metadata.get(STREAM_KEY)[0]))
    if (call !== undefined) call.taken = true
    return call
  }
  function report(
    route: string,
    call: GrpcCall,
    startedAt: number,
    sent: number,
    result: Result & { traceId?: string | undefined },
  ): void {
    observer.answered?.({
      requestId: call.requestId,
      transport: 'grpc',
      route,
      status: sent,
      ...result,
      durationMs: now() - startedAt,
    })
  }
  function deny(call: GrpcCall, callback: sendUnaryData<RawToken>, denial: Denial): number {
    const error = wireErrorOf(denial, { requestId: call.requestId, domain: service.domain })
    const metadata = new Metadata()
    metadata.set('sts-request-id', call.requestId)
    metadata.set(STATUS_DETAILS_KEY, encodeStatusDetails(definition, error))
    callback({ code: status[error.grpcStatus], details: error.message, metadata })
    return status[error.grpcStatus]
  }

  async function answer(
    call: GrpcCall,
    message: ExchangeRequest | undefined,
    callback: sendUnaryData<RawToken>,
  ): Promise<void> {
    const startedAt = now()
    const { requestId, rawHeaders, remoteAddress, lifetime, stream } = call
    const { trustedHops } = service
    const { traceHeaders, ...origin } = readOrigin({ rawHeaders, remoteAddress, trustedHops })
    const trace = service.tracer.startRequest(traceHeaders)
    const end = (sent: number, result: Result): void => {
      report('Exchange', call, startedAt, sent, { ...result, traceId: trace.context?.traceId })
      trace.end({ requestId, transport: 'grpc', route: 'Exchange', status: sent, ...result })
    }
    let outcome: ExchangeOutcome
    try {
      checkBearerSize(origin.authorization, service.limits.bearerBytes)
      if (message === undefined) throw new StsError('body_malformed', { detail: { part: 'protobuf' } })
      const { scope, scopes, identity } = message
      outcome = await runExchange(
        service.exchange,
        { requestId, transport: 'grpc', ...origin, scope, scopes, identity, signal: lifetime.signal, trace },
        observer,
      )
    } catch (thrown) {
      const error = toStsError(thrown)
      if (error.reason === 'unexpected') observer.unexpected?.(thrown, requestId)
      outcome = { ok: false, denial: denialOf(error.code), reason: error.reason }
    }

    lifetime.answered()
    if (!outcome.ok) {
      const { denial, reason } = outcome
      const sent = deny(call, callback, denial)
      end(sent, { code: denial.code, reason })
      return
    }
    const grant = outcome
    if (stream.destroyed || stream.closed) grant.abandon()
    else {
      stream.once('close', () => {
        if (!wasDelivered(stream)) grant.abandon()
      })
      const metadata = new Metadata()
      metadata.set('sts-request-id', requestId)
      for (const [name, value] of Object.entries(grantMetadata(grant))) metadata.set(name, value)
      const expiry = timestampOf(grant.expiresAt)
      callback(null, { token: grant.token, expiry: expiry ?? null }, metadata)
    }
    end(status.OK, { code: 'OK' })
  }

  const exchange: handleUnaryCall<Decoded, RawToken> = ({ metadata, request }, callback) => {
    const call = take(metadata)
    if (call === undefined) {
      callback({ code: status.INTERNAL, details: 'internal error' })
      return
    }
    answer(call, request.message, callback).catch((thrown: unknown) => {
      observer.unexpected?.(thrown, call.requestId)
      deny(call, callback, denialOf('INTERNAL'))
    })
  }
  const refresh: handleUnaryCall<unknown, RawToken> = ({ metadata }, callback) => {
    const call = take(metadata)
    if (call === undefined) {
      callback({ code: status.INTERNAL, details: 'internal error' })
      return
    }
    const sent = deny(call, callback, denialOf('UNIMPLEMENTED'))
    report('ExchangeRefreshToken', call, now(), sent, {
      code: 'UNIMPLEMENTED',
      reason: 'refresh_unsupported',
    })
  }

  const served = {
    Exchange: {
      ...Exchange,
      requestDeserialize: (bytes: Buffer): Decoded => {
        try {
          return { message: Exchange.requestDeserialize(bytes) }
        } catch {
          return { message: undefined }
        }
      },
    },
    ExchangeRefreshToken: { ...ExchangeRefreshToken, requestDeserialize: (): object => ({}) },
  }
  server.addService(served, { Exchange: exchange, ExchangeRefreshToken: refresh })
  return served
}
