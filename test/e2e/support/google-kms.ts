import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import type { TestContext } from 'node:test'
import { generate } from 'selfsigned'
import { crc32c } from '#pkg/cloud'
import type { CloudAnswer, SeenRequest } from '../../cloud/support/cloud-server.ts'
import { googleError, refuseGoogle, serveGoogleIdentity } from '../../cloud/support/google-identity.ts'
import { signDigest } from '../../signer/support/key-protocol.ts'

const HOST = 'cloudkms.googleapis.com'
const SHA256_BYTES = 32

/** Cloud KMS with several keys, for programs that reach it as they would from behind a company's proxy. */
export interface GoogleKms {
  /** Of a program that uses the keys: who it is, the proxy, and the authority to trust. */
  readonly environment: Readonly<Record<string, string>>
  readonly signaturesOf: (keyName: string) => number
  /** Hosts that the proxy was asked for. */
  readonly hosts: ReadonlySet<string>
}

/** @param keys - private keys in PEM, by the names of their versions. */
export async function startGoogleKms(
  t: TestContext,
  keys: Readonly<Record<string, string>>,
): Promise<GoogleKms> {
  const signatures = new Map<string, number>()
  const hosts = new Set<string>()
  const certificate = await generate([{ name: 'commonName', value: HOST }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: HOST }] }],
  })
  const secure = createHttpsServer(
    { key: certificate.private, cert: certificate.cert },
    (request, response) => {
      void answer(request, response, (seen) => refuseGoogle(seen) ?? serveKeys(seen))
    },
  )
  const front = createHttpServer((request, response) => {
    void answer(request, response, (seen) => serveGoogleIdentity(seen) ?? { status: 404 })
  })
  const tunnels = new Set<Duplex>()
  front.on('connect', ({ url = '' }: IncomingMessage, socket: Duplex) => {
    hosts.add(url)
    const there = connect(portOf(secure), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      socket.pipe(there).pipe(socket)
    })
    for (const end of [socket, there]) {
      tunnels.add(end)
      end.on('error', () => undefined)
    }
  })
  for (const server of [secure, front]) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  }
  const folder = await mkdtemp(join(tmpdir(), 'google-kms-'))
  t.after(async () => {
    for (const tunnel of tunnels) tunnel.destroy()
    for (const server of [secure, front]) {
      server.closeAllConnections()
      server.close()
    }
    await rm(folder, { recursive: true, force: true })
  })
  const authority = join(folder, 'authority.pem')
  await writeFile(authority, certificate.cert)

  function serveKeys({ method, path, body }: SeenRequest): CloudAnswer {
    const [, name = '', what = ''] = /^\/v1\/(.*?)(\/publicKey|:asymmetricSign)$/.exec(path) ?? []
    const pem = keys[name]
    if (pem === undefined) return googleError(404, 'NOT_FOUND', 'no such key version')
    const key = createPrivateKey(pem)
    if (`${method} ${what}` === 'GET /publicKey') return describeKey(name, key)
    signatures.set(name, (signatures.get(name) ?? 0) + 1)
    return sign(name, key, body)
  }

  const frontHost = `127.0.0.1:${portOf(front)}`
  return {
    environment: {
      GCE_METADATA_HOST: frontHost,
      METADATA_SERVER_DETECTION: 'assume-present',
      HOME: folder,
      HTTPS_PROXY: `http://${frontHost}`,
      NO_PROXY: '127.0.0.1',
      SSL_CERT_FILE: authority,
    },
    signaturesOf: (keyName) => signatures.get(keyName) ?? 0,
    hosts,
  }
}

/** https://docs.cloud.google.com/kms/docs/reference/rest/v1/PublicKey */
function describeKey(name: string, key: KeyObject): CloudAnswer {
  const pem = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString()
  const pemCrc32c = String(crc32c(Buffer.from(pem)))
  return { status: 200, body: { name, pem, pemCrc32c, algorithm: 'RSA_SIGN_PKCS1_2048_SHA256' } }
}

/** https://docs.cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys.cryptoKeyVersions/asymmetricSign */
function sign(name: string, key: KeyObject, body: string): CloudAnswer {
  const { digest, digestCrc32c } = JSON.parse(body) as {
    readonly digest?: { readonly sha256?: string }
    readonly digestCrc32c?: string
  }
  const bytes = Buffer.from(digest?.sha256 ?? '', 'base64')
  if (bytes.length !== SHA256_BYTES || digestCrc32c !== String(crc32c(bytes))) {
    return googleError(400, 'INVALID_ARGUMENT', 'bad digest')
  }
  const signature = signDigest(key, bytes)
  return {
    status: 200,
    body: {
      name,
      signature: signature.toString('base64'),
      signatureCrc32c: String(crc32c(signature)),
      verifiedDigestCrc32c: true,
    },
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  serve: (seen: SeenRequest) => CloudAnswer,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const { method = '', url: path = '', headers } = request
  const body = Buffer.concat(chunks).toString()
  const given = serve({ method, host: headers.host ?? '', path, headers, body })
  if (typeof given === 'string') return void response.destroy()
  response.writeHead(given.status, { 'content-type': 'application/json', ...given.headers })
  response.end(typeof given.body === 'string' ? given.body : JSON.stringify(given.body ?? {}))
}

function portOf(server: { address(): unknown }): number {
  return (server.address() as AddressInfo).port
}
