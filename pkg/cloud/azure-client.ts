import type { DefaultAzureCredentialOptions, TokenCredential } from '@azure/identity'
import { StsError } from '#pkg/errors'
import { AzureHeaders } from './azure-headers.ts'
import { cloudError, problemOfStatus, type CloudProblem } from './cloud-error.ts'
import type { CloudService } from './cloud-service.ts'
import { importPackage } from './import-package.ts'
import { readRetryAfter } from './retry-after.ts'
import { sendRequest } from './send-request.ts'

/** What the SDK calls an HTTP client, and what that gets and gives. */
type HttpClient = NonNullable<DefaultAzureCredentialOptions['httpClient']>
type PipelineRequest = Parameters<HttpClient['sendRequest']>[0]
type PipelineResponse = Awaited<ReturnType<HttpClient['sendRequest']>>

/** Errors of `@azure/identity`: no source of credentials had any, or Microsoft Entra ID refused them. */
const CREDENTIAL_ERRORS: ReadonlySet<string> = new Set([
  'AggregateAuthenticationError',
  'AuthenticationError',
  'AuthenticationRequiredError',
  'CredentialUnavailableError',
])

/** Such as `KeyDisabled`, `SecretExpired`: https://learn.microsoft.com/azure/key-vault/general/rest-error-codes */
const NOT_IN_FORCE = /^(?:Key|Secret)(?:Disabled|Expired|NotYetValid)$/

/** `BadParameter`: the key is of another type. `Forbidden` with this inside: it may not be used to sign. */
const UNSUITABLE: ReadonlySet<unknown> = new Set(['BadParameter', 'KeyOperationForbidden'])

/** The options of every Azure client: the connections of `service`, no attempts beside ours, and no redirects. */
export function azureClientOptions(service: CloudService) {
  return {
    httpClient: { sendRequest: (request: PipelineRequest) => send(service, request) },
    retryOptions: { maxRetries: 0 },
    redirectOptions: { maxRetries: 0 },
  }
}

/**
 * The default chain of credentials; looked for at the first call.
 * https://learn.microsoft.com/javascript/api/@azure/identity/defaultazurecredential
 *
 * @throws StsError of the service's reason: `package_missing`.
 */
export async function createAzureCredential(service: CloudService): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await importPackage(
    service,
    '@azure/identity',
    () => import('@azure/identity'),
  )
  return new DefaultAzureCredential(azureClientOptions(service))
}

/** Whatever an Azure client throws, as an error of ours. */
export function toAzureError(service: CloudService, thrown: unknown): StsError {
  if (thrown instanceof StsError) return thrown
  if (!(thrown instanceof Error)) return cloudError(service, 'malformed')
  if (CREDENTIAL_ERRORS.has(thrown.name)) return cloudError(service, 'credentials', { cause: thrown })
  const status: unknown = Reflect.get(thrown, 'statusCode')
  // Without a status of an error, it is an answer that could not be read, and the error quotes it.
  if (typeof status !== 'number' || status < 300) return cloudError(service, 'malformed')
  return cloudError(service, problemOf(thrown, status), {
    status,
    cause: thrown,
    retryAfterMs: readRetryAfter(headersOf(thrown)?.get('retry-after')),
  })
}

function problemOf(thrown: Error, status: number): CloudProblem {
  const error = member(member(thrown, 'details'), 'error')
  const codes = [member(thrown, 'code'), member(error, 'code'), member(member(error, 'innerError'), 'code')]
  if (codes.some((code) => typeof code === 'string' && NOT_IN_FORCE.test(code))) return 'disabled'
  if (codes.some((code) => UNSUITABLE.has(code))) return 'unsuitable'
  return problemOfStatus(status)
}

function headersOf(thrown: Error): AzureHeaders | undefined {
  const headers = member(member(thrown, 'response'), 'headers')
  return headers instanceof AzureHeaders ? headers : undefined
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

async function send(service: CloudService, request: PipelineRequest): Promise<PipelineResponse> {
  const { body, abortSignal } = request
  const answer = await sendRequest(service, {
    method: request.method,
    url: request.url,
    // Nothing is decoded here.
    headers: { ...request.headers.toJSON(), 'accept-encoding': 'identity' },
    body: typeof body === 'string' || body instanceof Uint8Array ? body : undefined,
    signal: abortSignal instanceof AbortSignal ? abortSignal : undefined,
  })
  return {
    request,
    status: answer.status,
    headers: new AzureHeaders(answer.headers),
    // Of an error without a body the packages for vaults would throw a TypeError instead.
    bodyAsText: answer.body.length === 0 && answer.status >= 300 ? '{}' : answer.body.toString('utf8'),
  }
}
