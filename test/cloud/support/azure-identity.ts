import type { TestContext } from 'node:test'
import { setEnvironment, type CloudAnswer, type SeenRequest } from './cloud-server.ts'

const TENANT = '11111111-2222-3333-4444-555555555555'
const SECRET_HEADER = 'header-of-the-machine'

/** The access token of the workload. */
export const AZURE_TOKEN = 'access-token-of-the-workload'

/**
 * Lets Azure's package find the token service of its container platform at `host`, and no other source of credentials.
 * https://learn.microsoft.com/azure/container-apps/managed-identity#rest-endpoint-reference
 */
export function useAzureIdentity(t: TestContext, host: string): void {
  setEnvironment(t, {
    IDENTITY_ENDPOINT: `http://${host}/msi/token`,
    IDENTITY_HEADER: SECRET_HEADER,
    AZURE_CLIENT_ID: undefined,
    AZURE_TENANT_ID: undefined,
    AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
  })
}

/** Answers as the token service; undefined: not one of its paths. */
export function serveAzureIdentity({ path, headers }: SeenRequest): CloudAnswer | undefined {
  if (!path.startsWith('/msi/token')) return undefined
  const { searchParams } = new URL(path, 'http://machine')
  const isRight =
    headers['x-identity-header'] === SECRET_HEADER &&
    searchParams.get('resource') === 'https://vault.azure.net' &&
    searchParams.get('api-version') === '2019-08-01'
  if (!isRight) return { status: 400, body: { statusCode: 400, message: 'bad request' } }
  const body = {
    access_token: AZURE_TOKEN,
    expires_on: String(Math.floor(Date.now() / 1000) + 3600),
    resource: 'https://vault.azure.net',
    token_type: 'Bearer',
  }
  return { status: 200, body }
}

/**
 * The challenge that a vault meets a request without a token with.
 * https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses
 */
export function challengeAzure({ headers, body }: SeenRequest): CloudAnswer | undefined {
  if (headers.authorization === `Bearer ${AZURE_TOKEN}`) return undefined
  if (body !== '') return { status: 500, body: 'the package is known to send no body before it has a token' }
  const challenge = `Bearer authorization="https://login.microsoftonline.com/${TENANT}", resource="https://vault.azure.net"`
  return {
    status: 401,
    headers: { 'www-authenticate': challenge },
    body: { error: { code: 'Unauthorized', message: 'AKV10000: Request is missing a Bearer token.' } },
  }
}

/** An error of a vault: https://learn.microsoft.com/azure/key-vault/general/rest-error-codes */
export function azureError(status: number, code: string, inner?: string): CloudAnswer {
  const innererror = inner === undefined ? {} : { innererror: { code: inner } }
  return { status, body: { error: { code, message: `${code} of the vault`, ...innererror } } }
}
