import {
  googleError,
  refuseGoogle,
  serveGoogleIdentity,
  useGoogleIdentity,
} from '../../cloud/support/google-identity.ts'
import { crc32c } from '#pkg/cloud'
import { signDigest, type KeyProtocol } from './key-protocol.ts'

const NAME = 'projects/acme/locations/global/keyRings/sts/cryptoKeys/app/cryptoKeyVersions/1'
const HOST = 'cloudkms.googleapis.com'

interface SignRequest {
  readonly digest?: { readonly sha256?: string }
  readonly digestCrc32c?: string
}

/** https://docs.cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys.cryptoKeyVersions */
export const gcpProtocol: KeyProtocol = {
  name: NAME,
  useIdentity: useGoogleIdentity,
  faults: {
    credentials: googleError(401, 'UNAUTHENTICATED', 'no'),
    permission: googleError(403, 'PERMISSION_DENIED', 'no'),
    not_found: googleError(404, 'NOT_FOUND', 'no'),
    disabled: googleError(400, 'FAILED_PRECONDITION', 'no'),
    unsuitable: googleError(400, 'INVALID_ARGUMENT', 'no'),
    throttled: googleError(429, 'RESOURCE_EXHAUSTED', 'no'),
    unavailable: googleError(503, 'UNAVAILABLE', 'no'),
  },
  serve(request, state) {
    const identity = serveGoogleIdentity(request)
    if (identity !== undefined) return identity
    const refused = request.host === HOST ? refuseGoogle(request) : { status: 421 }
    if (refused !== undefined) return refused
    const call = `${request.method} ${request.path}`
    if (call === `GET /v1/${NAME}/publicKey`) {
      state.publicKeyReads++
      const pem = state.publicKey.export({ type: 'spki', format: 'pem' }).toString()
      const algorithm =
        state.publicKey.asymmetricKeyType === 'rsa' ? 'RSA_SIGN_PKCS1_2048_SHA256' : 'EC_SIGN_P256_SHA256'
      const pemCrc32c = String(crc32c(Buffer.from(pem)))
      return { status: 200, body: { pem, algorithm, pemCrc32c, name: NAME, protectionLevel: 'HSM' } }
    }
    if (call !== `POST /v1/${NAME}:asymmetricSign`) return googleError(404, 'NOT_FOUND', 'no such method')
    state.signatures++
    const planned = state.planned.shift()
    if (planned !== undefined) return planned
    const { digest, digestCrc32c } = JSON.parse(request.body) as SignRequest
    const bytes = Buffer.from(digest?.sha256 ?? '', 'base64')
    const isWhole = digestCrc32c === String(crc32c(bytes))
    if (bytes.length !== 32 || !isWhole) return googleError(400, 'INVALID_ARGUMENT', 'bad digest')
    const signature = state.signature ?? signDigest(state.key, bytes)
    return {
      status: 200,
      body: {
        signature: signature.toString('base64'),
        signatureCrc32c: String(crc32c(signature)),
        verifiedDigestCrc32c: true,
        name: NAME,
        protectionLevel: 'HSM',
      },
    }
  },
}
