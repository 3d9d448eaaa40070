import {
  Client,
  credentials,
  Metadata,
  status as GRPC_CODE,
  type ChannelCredentials,
  type ServiceError,
  type StatusObject,
} from '@grpc/grpc-js'
import { dateTimeOf, loadWireDefinition, type RawToken, type WireDefinition } from '#pkg/wire'

import { readBaseUrl } from './base-url.ts'
import { ClientError } from './client-error.ts'
import {
  EXCHANGE_TIMEOUT_MS,
  GITHUB_TOKEN,
  type ExchangedToken,
  type ExchangeRequest,
} from './exchange-token.ts'
import { checkToken, USER_AGENT } from './http-request.ts'
import { printable } from './printable.ts'
import { grpcDenialOf } from './grpc-denial.ts'

/** Bytes of an answer; a token is below 1 KiB. */
const MESSAGE_MAX_BYTES = 64 * 1024

/** gRPC over HTTP/2, "Responses": what every answer of a gRPC server begins its content type with. */
const GRPC_CONTENT_TYPE = 'application/grpc'

/** How a gRPC call is made. */
export interface GrpcOptions {
  /** Milliseconds until the answer; the service is told. Default: 35 s. */
  readonly timeoutMs?: number | undefined
  /** Ends the wait with `aborted`, and the call. */
  readonly signal?: AbortSignal | undefined
  /** As for `HttpOptions`. */
  readonly traceParent?: string | undefined
  /** Certificates in PEM that are trusted instead of Node's own list. */
  readonly certificateAuthorities?: string | undefined
  /** Default: read from `proto/`, which takes tens of milliseconds. */
  readonly definition?: WireDefinition | undefined
}

/** What came of a call: the message, and all that was said around it. */
interface CallEnd {
  readonly message: RawToken | undefined
  readonly error: ServiceError | null
  readonly head: Metadata | undefined
  readonly status: StatusObject
}

/**
 * Exchanges an OIDC token for an installation token as {@link exchangeToken} does, over gRPC. Encrypted, but for `http`
 * to this machine. The connection is made for this call and closed after it.
 *
 * An answer that no gRPC server has made is `unexpected_answer`, whatever its HTTP status: the refusal of a proxy on the
 * way says nothing of the service.
 *
 * @throws ClientError of every kind; `denied` with the code of the service. `invalid_input` also for a URL with a path,
 * which gRPC has no place for.
 */
export async function exchangeOverGrpc(
  request: ExchangeRequest,
  options: GrpcOptions = {},
): Promise<ExchangedToken> {
  const { scope, identity, token } = request
  const url = readBaseUrl(request.url)
  if (url.pathname !== '/') throw new ClientError('invalid_input', 'the URL has a path: gRPC knows none')
  checkToken(token)
  const { signal, definition = loadWireDefinition() } = options
  if (signal?.aborted === true) throw new ClientError('aborted', 'the request was aborted')
  const client = new Client(addressOf(url), channelCredentials(url, options), {
    'grpc.primary_user_agent': USER_AGENT,
    'grpc.max_receive_message_length': MESSAGE_MAX_BYTES,
    'grpc.service_config_disable_resolution': 1,
    // Sent once: see `exchangeToken`.
    'grpc.enable_retries': 0,
    // What is not encrypted stays on this machine, whatever proxies the environment names.
    'grpc.enable_http_proxy': url.protocol === 'https:' ? 1 : 0,
  })
  try {
    const end = await call(client, definition, { scope, identity, token }, options)
    const { message, error } = end
    if (message !== undefined && error === null) return readAnswer(message, end, url.host, token)
    throw failureOf(end, { host: url.host, token, signal, definition })
  } finally {
    client.close()
  }
}

/** Resolves when the status is there, which comes last. */
function call(
  client: Client,
  { service }: WireDefinition,
  { scope, identity, token }: Omit<ExchangeRequest, 'url'>,
  { timeoutMs = EXCHANGE_TIMEOUT_MS, signal, traceParent }: GrpcOptions,
): Promise<CallEnd> {
  const metadata = new Metadata()
  metadata.set('authorization', `Bearer ${token}`)
  if (traceParent !== undefined) metadata.set('traceparent', traceParent)
  const { path, requestSerialize, responseDeserialize } = service.Exchange
  return new Promise((resolve) => {
    let head: Metadata | undefined
    let answer: Pick<CallEnd, 'message' | 'error'> = { message: undefined, error: null }
    const sent = client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      // Both names of the scope: older services know only the first.
      { scope, scopes: [scope], identity },
      metadata,
      { deadline: Date.now() + timeoutMs },
      (error, message) => {
        answer = { error, message }
      },
    )
    const cancel = (): void => {
      sent.cancel()
    }
    signal?.addEventListener('abort', cancel)
    sent.on('metadata', (received) => {
      head = received
    })
    sent.on('status', (status) => {
      signal?.removeEventListener('abort', cancel)
      resolve({ ...answer, head, status })
    })
  })
}

function readAnswer(message: RawToken, end: CallEnd, host: string, token: string): ExchangedToken {
  const requestId = textOf(end, 'sts-request-id', token)
  const issued = message.token ?? ''
  if (!GITHUB_TOKEN.test(issued)) {
    const problem = `${host} answers, but not with a token as a security token service does`
    throw new ClientError('unexpected_answer', problem, { grpcCode: GRPC_CODE.OK, requestId })
  }
  return {
    token: issued,
    expiry: expiryOf(message),
    requestId,
    policy: textOf(end, 'sts-policy', token),
    permissions: textOf(end, 'sts-permissions', token)?.split(','),
    repositories: textOf(end, 'sts-repositories', token)?.split(','),
  }
}

/** A service that says nothing of the expiry leaves the message out, or sends it empty. */
function expiryOf({ expiry }: RawToken): string | undefined {
  if (expiry === undefined || expiry === null) return undefined
  const seconds = String(expiry.seconds ?? 0)
  const nanos = expiry.nanos ?? 0
  return seconds === '0' && nanos === 0 ? undefined : dateTimeOf({ seconds, nanos })
}

interface FailureContext {
  readonly host: string
  readonly token: string
  readonly signal: AbortSignal | undefined
  readonly definition: WireDefinition
}

function failureOf(end: CallEnd, { host, token, signal, definition }: FailureContext): ClientError {
  const { code, metadata, details } = end.status
  if (signal?.aborted === true) return new ClientError('aborted', 'the request was aborted')
  const requestId = textOf(end, 'sts-request-id', token)
  const facts = { grpcCode: code, requestId }
  if (isFromGrpcServer(end)) {
    return grpcDenialOf({ code, message: details, metadata, requestId, token, definition })
  }
  switch (code) {
    case GRPC_CODE.DEADLINE_EXCEEDED:
      return new ClientError('timed_out', `${host} did not answer in time`)
    case GRPC_CODE.UNAVAILABLE:
      return new ClientError('unreachable', `${host} cannot be reached, or answers not as a gRPC server does`)
    default:
      return new ClientError('unexpected_answer', `${host} answers not as a gRPC server does`, facts)
  }
}

/** Whether it was the service that answered: grpc-js makes a gRPC code of every HTTP status, and of its own failures. */
function isFromGrpcServer({ head, status }: CallEnd): boolean {
  return [head, status.metadata].some((metadata) => {
    const [type] = metadata?.get('content-type') ?? []
    return typeof type === 'string' && type.startsWith(GRPC_CONTENT_TYPE)
  })
}

function textOf({ head, status }: CallEnd, name: string, token: string): string | undefined {
  const [value] = [...status.metadata.get(name), ...(head?.get(name) ?? [])]
  return typeof value === 'string' && value !== '' ? printable(value, token) : undefined
}

function addressOf({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`
}

function channelCredentials(
  { protocol }: URL,
  { certificateAuthorities: ca }: GrpcOptions,
): ChannelCredentials {
  if (protocol === 'http:') return credentials.createInsecure()
  // Said, because its default can be switched off from the environment.
  const verify = { rejectUnauthorized: true }
  return credentials.createSsl(ca === undefined ? null : Buffer.from(ca), null, null, verify)
}
