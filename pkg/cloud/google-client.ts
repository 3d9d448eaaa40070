import { fetch } from 'undici'
import type { GoogleAuth } from 'google-auth-library'
import { cloudError, problemOfStatus, type CloudProblem } from './cloud-error.ts'
import type { CloudService } from './cloud-service.ts'
import { importPackage } from './import-package.ts'
import { readRetryAfter } from './retry-after.ts'
import { sendRequest, type ServiceAnswer } from './send-request.ts'

/** What Google's own clients ask for; what may be done with it is decided by IAM. */
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'

/** An error's message is cut here. */
const MESSAGE_MAX_CHARACTERS = 512

/**
 * The canonical codes that say more than their HTTP status: https://docs.cloud.google.com/apis/design/errors#handling_errors.
 * A precondition fails for a version that is not enabled, an argument is invalid for a key of another kind.
 */
const PROBLEMS: ReadonlyMap<unknown, CloudProblem> = new Map([
  ['FAILED_PRECONDITION', 'disabled'],
  ['INVALID_ARGUMENT', 'unsuitable'],
])

export interface GoogleCall {
  readonly method: 'GET' | 'POST'
  readonly url: string
  /** Sent as JSON. */
  readonly body?: object | undefined
}

/** Calls Google's APIs with the application default credentials. */
export interface GoogleClient {
  /**
   * The answer as JSON; unchecked.
   *
   * @throws StsError of the service's reason.
   */
  call(call: GoogleCall, signal: AbortSignal): Promise<unknown>
}

/**
 * Credentials are looked for at the first call: https://docs.cloud.google.com/docs/authentication/application-default-credentials
 *
 * @throws StsError of the service's reason: `package_missing`.
 */
export async function createGoogleClient(service: CloudService): Promise<GoogleClient> {
  const { GoogleAuth } = await importPackage(
    service,
    'google-auth-library',
    () => import('google-auth-library'),
  )
  const auth = new GoogleAuth({
    scopes: SCOPE,
    // Of no use here, and where it is not given the package runs `gcloud` to find it.
    projectId: 'none',
    // Tokens come over the same connections as everything else, with their proxy and their certificates.
    clientOptions: { transporterOptions: { fetchImplementation: fetchThrough(service) } },
  })
  return {
    async call({ method, url, body }, signal) {
      const answer = await sendRequest(service, {
        method,
        url,
        headers: {
          ...(await authorize(service, auth, url)),
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal,
      })
      const value = readJson(answer.body)
      if (answer.status !== 200) throw refusal(service, answer, value)
      if (value === undefined) throw cloudError(service, 'malformed', { status: answer.status })
      return value
    },
  }
}

/** `fetch` over the dispatcher of `service`. Its types are another copy of the same ones. */
function fetchThrough({ dispatcher }: CloudService): typeof globalThis.fetch {
  const through = (url: string, init?: object): Promise<unknown> => fetch(url, { ...init, dispatcher })
  return through as typeof globalThis.fetch
}

async function authorize(
  service: CloudService,
  auth: GoogleAuth,
  url: string,
): Promise<Record<string, string>> {
  try {
    return Object.fromEntries(await auth.getRequestHeaders(url))
  } catch (cause) {
    throw cloudError(service, 'credentials', { cause })
  }
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown
  } catch {
    // Without the cause: it quotes what it read.
    return undefined
  }
}

/** https://google.aip.dev/193: an error has a canonical code in `status`, and a message for whoever operates this. */
function refusal(service: CloudService, { status, headers }: ServiceAnswer, value: unknown): Error {
  const error = memberOf(value, 'error')
  const problem = PROBLEMS.get(memberOf(error, 'status')) ?? problemOfStatus(status)
  const message = memberOf(error, 'message')
  const cause = typeof message === 'string' ? new Error(message.slice(0, MESSAGE_MAX_CHARACTERS)) : undefined
  return cloudError(service, problem, { status, cause, retryAfterMs: readRetryAfter(headers['retry-after']) })
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
