import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { TestContext } from 'node:test'
import type { CloudProvider } from '#pkg/cloud'
import { startCloudServer } from '../../cloud/support/cloud-server.ts'
import { akvProtocol } from './akv-protocol.ts'
import { awsProtocol } from './aws-protocol.ts'
import { gcpProtocol } from './gcp-protocol.ts'
import type { KeyService, KeyState } from './key-service.ts'
import type { KeyProtocol } from './key-protocol.ts'

const PROTOCOLS: Readonly<Record<CloudProvider, KeyProtocol>> = {
  gcp: gcpProtocol,
  aws: awsProtocol,
  akv: akvProtocol,
}

const { privateKey: KEY } = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** The public half of the key of every service. */
export const PUBLIC_KEY: KeyObject = createPublicKey(KEY)

export async function startKeyService(t: TestContext, provider: CloudProvider): Promise<KeyService> {
  const protocol = PROTOCOLS[provider]
  const state: KeyState = {
    signatures: 0,
    publicKeyReads: 0,
    key: KEY,
    publicKey: PUBLIC_KEY,
    signature: undefined,
    planned: [],
  }
  const server = await startCloudServer(t, (request) => protocol.serve(request, state))
  protocol.useIdentity(t, server.plainHost)
  return {
    ...server,
    provider,
    name: protocol.name,
    faults: protocol.faults,
    signatures: () => state.signatures,
    publicKeyReads: () => state.publicKeyReads,
    fail: (answer, times = 100) => void state.planned.push(...Array.from({ length: times }, () => answer)),
    useKey: (key) => {
      state.key = key
    },
    usePublicKey: (key) => {
      state.publicKey = key
    },
    useSignature: (bytes) => {
      state.signature = bytes
    },
  }
}
