import { once } from 'node:events'
import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2'
import type { ExchangeClient, ExchangeRequest, OpenClients } from './load.ts'

const METHOD = '/chainguard.platform.oidc.SecurityTokenService/Exchange'
/** A byte for compression and four for the length. https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
const PREFIX_BYTES = 5
/** Fields of ExchangeRequest, and the first of RawToken: number and wire type 2. */
const IDENTITY_TAG = (4 << 3) | 2
const SCOPES_TAG = (8 << 3) | 2
const TOKEN_TAG = (1 << 3) | 2

/** Clients of the gRPC method that share one connection, as the calls of a channel do. */
export const openGrpcClients: OpenClients = async (port, count) => {
  const session = connect(`http://127.0.0.1:${port}`)
  await once(session, 'connect')
  // Its requests fail each for themselves.
  session.on('error', () => undefined)
  return Array.from({ length: count }, (): ExchangeClient => ({
    async exchange(request) {
      return readToken(await call(session, request))
    },
  }))
}

function call(session: ClientHttp2Session, request: ExchangeRequest): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': METHOD,
      'content-type': 'application/grpc',
      te: 'trailers',
      authorization: `Bearer ${request.bearer}`,
    })
    const chunks: Buffer[] = []
    let status: unknown
    const readStatus = (headers: IncomingHttpHeaders): void => {
      status ??= headers['grpc-status']
    }
    stream
      .on('response', readStatus)
      .on('trailers', readStatus)
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('error', reject)
      .on('close', () => {
        if (status !== '0') reject(new Error(`the service answered with status ${String(status)}`))
        else resolve(Buffer.concat(chunks))
      })
      .end(encodeRequest(request))
  })
}

function encodeRequest({ scope, identity }: ExchangeRequest): Buffer {
  const message = Buffer.concat([encodeText(IDENTITY_TAG, identity), encodeText(SCOPES_TAG, scope)])
  const prefix = Buffer.alloc(PREFIX_BYTES)
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

/** A field of fewer than 128 bytes, whose length is one byte. */
function encodeText(tag: number, text: string): Buffer {
  return Buffer.concat([Buffer.of(tag, Buffer.byteLength(text)), Buffer.from(text)])
}

function readToken(answer: Buffer): string {
  if (answer[PREFIX_BYTES] !== TOKEN_TAG) throw new Error('the answer has no token')
  let length = 0
  let at = PREFIX_BYTES + 1
  for (let shift = 0; ; shift += 7) {
    const byte = answer[at++] ?? 0
    length |= (byte & 0x7f) << shift
    if (byte < 0x80) break
  }
  return answer.toString('utf8', at, at + length)
}
