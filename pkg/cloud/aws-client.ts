import { Readable } from 'node:stream'
import { StsError } from '#pkg/errors'
import { cloudError, problemOfStatus, type CloudProblem } from './cloud-error.ts'
import type { CloudService } from './cloud-service.ts'
import { sendRequest } from './send-request.ts'

/** `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
const ARN_REGION = /^arn:[^:]+:[^:]+:([a-z0-9-]+):/

/**
 * By the name of the error, which is part of each API: https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html#API_Sign_Errors,
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html#API_GetSecretValue_Errors,
 * https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html
 */
const PROBLEMS: ReadonlyMap<string, CloudProblem> = new Map([
  ['NotFoundException', 'not_found'],
  ['ResourceNotFoundException', 'not_found'],
  ['DisabledException', 'disabled'],
  ['KMSInvalidStateException', 'disabled'],
  // Of a secret that is about to be deleted.
  ['InvalidRequestException', 'disabled'],
  ['InvalidKeyUsageException', 'unsuitable'],
  ['UnsupportedOperationException', 'unsuitable'],
  ['AccessDeniedException', 'permission'],
  ['AccessDenied', 'permission'],
  ['CredentialsProviderError', 'credentials'],
  ['TokenProviderError', 'credentials'],
  ['ExpiredTokenException', 'credentials'],
  ['ExpiredToken', 'credentials'],
  ['IncompleteSignature', 'credentials'],
  ['InvalidClientTokenId', 'credentials'],
  ['InvalidIdentityToken', 'credentials'],
  ['InvalidSignatureException', 'credentials'],
  ['MissingAuthenticationToken', 'credentials'],
  ['MissingAuthenticationTokenException', 'credentials'],
  ['NotAuthorized', 'credentials'],
  ['OptInRequired', 'credentials'],
  ['UnrecognizedClientException', 'credentials'],
  ['LimitExceededException', 'throttled'],
  ['ThrottlingException', 'throttled'],
  ['TooManyRequestsException', 'throttled'],
  ['DependencyTimeoutException', 'unavailable'],
  ['InternalServiceError', 'unavailable'],
  ['KMSInternalException', 'unavailable'],
  ['KeyUnavailableException', 'unavailable'],
])

/** What an AWS client sends, as far as it matters here. */
interface AwsRequest {
  readonly method: string
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly path: string
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

/**
 * The options of every AWS client: connections of `service`, no attempts beside ours, and the region of `name` where that is an
 * ARN; else the SDK looks for one.
 */
export function awsClientOptions(service: CloudService, name: string) {
  const region = ARN_REGION.exec(name)?.[1]
  return {
    maxAttempts: 1,
    requestHandler: {
      metadata: { handlerProtocol: 'http/1.1' },
      handle: (request: AwsRequest, options?: { readonly abortSignal?: unknown }) =>
        handle(service, request, options?.abortSignal),
      httpHandlerConfigs: () => ({}),
      updateHttpClientConfig: () => undefined,
    },
    ...(region !== undefined && { region }),
  }
}

/**
 * Whether a client knows its region, which without this would show at its first call only.
 *
 * @throws StsError of the service's reason: `region_missing`.
 */
export async function checkRegion(service: CloudService, region: () => Promise<string>): Promise<void> {
  try {
    await region()
  } catch (cause) {
    throw cloudError(service, 'region_missing', { cause })
  }
}

/** Whatever an AWS client throws, as an error of ours. */
export function toAwsError(service: CloudService, thrown: unknown): StsError {
  if (thrown instanceof StsError) return thrown
  const { name, status } = describe(thrown)
  const problem = PROBLEMS.get(name) ?? (status === undefined ? undefined : problemOfStatus(status))
  // An answer of 200 that could not be read: the error quotes it.
  if (problem === undefined || status === 200) return cloudError(service, 'malformed', { status })
  // What is said of a wrong signature quotes the request, with the session token in it.
  return cloudError(service, problem, { status, cause: problem === 'credentials' ? undefined : thrown })
}

function describe(thrown: unknown): { readonly name: string; readonly status: number | undefined } {
  if (!(thrown instanceof Error)) return { name: '', status: undefined }
  const metadata: unknown = Reflect.get(thrown, '$metadata')
  const status: unknown =
    typeof metadata === 'object' && metadata !== null ? Reflect.get(metadata, 'httpStatusCode') : undefined
  return { name: thrown.name, status: typeof status === 'number' ? status : undefined }
}

async function handle(service: CloudService, request: AwsRequest, abortSignal: unknown) {
  const port = request.port === undefined ? '' : `:${request.port}`
  const { status, headers, body } = await sendRequest(service, {
    method: request.method,
    url: `${request.protocol}//${request.hostname}${port}${request.path}${queryOf(request)}`,
    headers: request.headers,
    body: typeof request.body === 'string' || request.body instanceof Uint8Array ? request.body : undefined,
    signal: abortSignal instanceof AbortSignal ? abortSignal : undefined,
  })
  return { response: { statusCode: status, headers, body: Readable.from([body]) } }
}

function queryOf({ query = {} }: AwsRequest): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const one of typeof value === 'string' ? [value] : (value ?? [''])) parameters.append(name, one)
  }
  // As it was signed: a space is %20 in the canonical form.
  return parameters.size === 0 ? '' : `?${parameters.toString().replaceAll('+', '%20')}`
}
