import {
  azureError,
  challengeAzure,
  serveAzureIdentity,
  useAzureIdentity,
} from '../../cloud/support/azure-identity.ts'
import { signDigest, type KeyProtocol } from './key-protocol.ts'

const HOST = 'acme.vault.azure.net'
const VERSION = '0123456789abcdef0123456789abcdef'
const KID = `https://${HOST}/keys/app/${VERSION}`

/** https://learn.microsoft.com/rest/api/keyvault/keys/sign/sign, .../get-key/get-key */
export const akvProtocol: KeyProtocol = {
  name: `https://${HOST}/keys/app`,
  useIdentity: useAzureIdentity,
  faults: {
    credentials: azureError(401, 'Unauthorized'),
    permission: azureError(403, 'Forbidden', 'ForbiddenByRbac'),
    not_found: azureError(404, 'KeyNotFound'),
    disabled: azureError(403, 'Forbidden', 'KeyDisabled'),
    unsuitable: azureError(400, 'BadParameter'),
    throttled: azureError(429, 'Throttled'),
    unavailable: azureError(503, 'ServiceUnavailable'),
  },
  serve(request, state) {
    const identity = serveAzureIdentity(request)
    if (identity !== undefined) return identity
    const refused = request.host === HOST ? challengeAzure(request) : { status: 421 }
    if (refused !== undefined) return refused
    const { pathname, searchParams } = new URL(request.path, KID)
    if (!/^(?:7\.\d|20\d\d-\d\d-\d\d)$/.test(searchParams.get('api-version') ?? '')) {
      return azureError(400, 'BadParameter')
    }
    const call = `${request.method} ${pathname.replace(`/${VERSION}`, '').replace(/\/$/, '')}`
    if (call === 'GET /keys/app') {
      state.publicKeyReads++
      const { kty, n, e, x, y, crv } = state.publicKey.export({ format: 'jwk' })
      const key = { kid: KID, kty, n, e, x, y, crv, key_ops: ['sign', 'verify'] }
      return { status: 200, body: { key, attributes: { enabled: true } } }
    }
    if (!/^POST \/keys\/app\/+sign$/.test(call)) return azureError(404, 'KeyNotFound')
    state.signatures++
    const planned = state.planned.shift()
    if (planned !== undefined) return planned
    const { alg, value = '' } = JSON.parse(request.body) as { alg?: string; value?: string }
    const digest = Buffer.from(value, 'base64url')
    if (alg !== 'RS256' || digest.length !== 32) return azureError(400, 'BadParameter')
    const signature = state.signature ?? signDigest(state.key, digest)
    return { status: 200, body: { kid: KID, value: signature.toString('base64url') } }
  },
}
