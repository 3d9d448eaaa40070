import { sign } from 'node:crypto'
import { awsError, refuseAws, useAwsIdentity } from '../../cloud/support/aws-identity.ts'
import type { KeyProtocol } from './key-protocol.ts'

const NAME = 'alias/sts-app'
const HOST = 'kms.eu-central-1.amazonaws.com'
const RS256 = 'RSASSA_PKCS1_V1_5_SHA_256'
const JSON_1_1 = { 'content-type': 'application/x-amz-json-1.1' }

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html, API_GetPublicKey.html */
export const awsProtocol: KeyProtocol = {
  name: NAME,
  useIdentity: (t) => {
    useAwsIdentity(t)
  },
  faults: {
    credentials: awsError(400, 'UnrecognizedClientException'),
    permission: awsError(400, 'AccessDeniedException'),
    not_found: awsError(400, 'NotFoundException'),
    disabled: awsError(400, 'DisabledException'),
    unsuitable: awsError(400, 'InvalidKeyUsageException'),
    throttled: awsError(400, 'ThrottlingException'),
    unavailable: awsError(500, 'KMSInternalException'),
  },
  serve(request, state) {
    const refused = request.host === HOST ? refuseAws(request) : { status: 421 }
    if (refused !== undefined) return refused
    const { KeyId, ...rest } = JSON.parse(request.body) as Record<string, string>
    if (KeyId !== NAME) return awsError(400, 'NotFoundException')
    switch (request.headers['x-amz-target']) {
      case 'TrentService.GetPublicKey': {
        state.publicKeyReads++
        const isRsa = state.publicKey.asymmetricKeyType === 'rsa'
        const body = {
          KeyId: NAME,
          KeySpec: isRsa ? 'RSA_2048' : 'ECC_NIST_P256',
          KeyUsage: 'SIGN_VERIFY',
          PublicKey: state.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
          SigningAlgorithms: isRsa ? [RS256, 'RSASSA_PSS_SHA_256'] : ['ECDSA_SHA_256'],
        }
        return { status: 200, headers: JSON_1_1, body }
      }
      case 'TrentService.Sign': {
        state.signatures++
        const planned = state.planned.shift()
        if (planned !== undefined) return planned
        const { Message = '', MessageType, SigningAlgorithm } = rest
        const message = Buffer.from(Message, 'base64')
        if (MessageType !== 'RAW' || SigningAlgorithm !== RS256 || message.length > 4096) {
          return awsError(400, 'ValidationException')
        }
        const signature = state.signature ?? sign('sha256', message, state.key)
        const body = { KeyId: NAME, Signature: signature.toString('base64'), SigningAlgorithm }
        return { status: 200, headers: JSON_1_1, body }
      }
      default:
        return awsError(400, 'UnknownOperationException')
    }
  },
}
