import type { TestContext } from 'node:test'
import { setEnvironment, type CloudAnswer, type SeenRequest } from './cloud-server.ts'

const FLAVOR = { 'metadata-flavor': 'Google' }

/** The access token of the workload. */
export const GOOGLE_TOKEN = 'ya29.access-token-of-the-workload'

/** Lets Google's package find the metadata server at `host`, and nothing else that this machine may have. */
export function useGoogleIdentity(t: TestContext, host: string): void {
  setEnvironment(t, {
    GCE_METADATA_HOST: host,
    GOOGLE_APPLICATION_CREDENTIALS: undefined,
    CLOUDSDK_CONFIG: '/nonexistent',
    HOME: '/nonexistent',
    METADATA_SERVER_DETECTION: 'assume-present',
  })
}

/** Answers as the metadata server; undefined: not one of its paths. */
export function serveGoogleIdentity({ path, headers }: SeenRequest): CloudAnswer | undefined {
  if (!path.startsWith('/computeMetadata/')) return undefined
  // The real one wants the header of every request, so that no browser or proxy can be made to ask.
  if (headers['metadata-flavor'] !== 'Google') return { status: 403, headers: FLAVOR }
  if (path.startsWith('/computeMetadata/v1/universe/')) {
    return { status: 200, headers: FLAVOR, body: 'googleapis.com' }
  }
  if (path.startsWith('/computeMetadata/v1/project/project-id')) {
    return { status: 200, headers: FLAVOR, body: 'acme-prod' }
  }
  if (path.startsWith('/computeMetadata/v1/instance/service-accounts/default/token')) {
    const body = { access_token: GOOGLE_TOKEN, expires_in: 3599, token_type: 'Bearer' }
    return { status: 200, headers: FLAVOR, body }
  }
  return { status: 200, headers: FLAVOR, body: 'default/' }
}

/** The refusal of a request without the token, as Google gives it. */
export function refuseGoogle({ headers }: SeenRequest): CloudAnswer | undefined {
  return headers.authorization === `Bearer ${GOOGLE_TOKEN}`
    ? undefined
    : googleError(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')
}

/** An error in the form of https://google.aip.dev/193. */
export function googleError(code: number, status: string, message: string): CloudAnswer {
  return { status: code, body: { error: { code, status, message, details: [] } } }
}
