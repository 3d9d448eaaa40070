import type { ServerResponse } from 'node:http'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { CANARY } from '../world/names.ts'
import { DISCOVERY_PATH, type Behaviour, type HostileIssuer } from './hostile-issuers.ts'

const BOMB_BYTES = 32 * 1024 * 1024
const DRIP_INTERVAL_MS = 250
const CHUNK_BYTES = 16 * 1024

/** A valid issuer; the others do one thing differently. */
function behaveWell(hostile: HostileIssuer, response: ServerResponse): void {
  if (hostile.path === DISCOVERY_PATH) json(response, documentOf(hostile))
  else json(response, { keys: [hostile.key.jwk] })
}

function documentOf({ issuer, key }: HostileIssuer): Record<string, unknown> {
  return {
    ...{ issuer, jwks_uri: `${issuer}/keys`, note: CANARY },
    id_token_signing_alg_values_supported: [key.alg],
  }
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

/** The document has this status and these headers, and says the canary. */
function status(code: number, headers: Readonly<Record<string, string>> = {}): Behaviour {
  return (_, response) => {
    response.writeHead(code, CANARY, headers).end(CANARY)
  }
}

function redirect(location: string): Behaviour {
  return status(302, { location })
}

/** The document with other members; the rest of the issuer is in order. */
function document(change: (hostile: HostileIssuer) => Readonly<Record<string, unknown>>): Behaviour {
  return (hostile, response) => {
    if (hostile.path === DISCOVERY_PATH) json(response, { ...documentOf(hostile), ...change(hostile) })
    else behaveWell(hostile, response)
  }
}

/** The key set as given; the document is in order. */
function keys(of: (hostile: HostileIssuer) => unknown): Behaviour {
  return (hostile, response) => {
    if (hostile.path === DISCOVERY_PATH) behaveWell(hostile, response)
    else json(response, of(hostile))
  }
}

function bytes(body: Buffer, headers: Readonly<Record<string, string>>): Behaviour {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body)
  }
}

/** A body byte by byte, or header by header, until the other side has enough. */
function drip(what: 'body' | 'headers'): Behaviour {
  return (_, response) => {
    const { socket } = response
    if (what === 'body') response.writeHead(200, { 'content-type': 'application/json' }).write('{')
    else socket?.write('HTTP/1.1 200 OK\r\n')
    const timer = setInterval(() => {
      if (what === 'body') response.write(' ')
      else socket?.write(`x-${CANARY}: 1\r\n`)
    }, DRIP_INTERVAL_MS)
    response.once('close', () => {
      clearInterval(timer)
    })
  }
}

function withoutEnd(_: HostileIssuer, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  const chunk = Buffer.alloc(CHUNK_BYTES, 0x20)
  const write = (): void => {
    if (!response.destroyed && response.write(chunk)) setImmediate(write)
  }
  response.on('drain', write)
  write()
}

/** Says one length and sends another. */
function lying(length: number, sent: number): Behaviour {
  return (_, response) => {
    response.socket?.write(`HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n${' '.repeat(sent)}`)
    if (sent < length) setTimeout(() => response.socket?.destroy(), DRIP_INTERVAL_MS)
  }
}

function garbage(_: HostileIssuer, response: ServerResponse): void {
  response.socket?.end(Buffer.concat([Buffer.from(CANARY), Buffer.alloc(2_000, 0xfe)]))
}

function reset(_: HostileIssuer, response: ServerResponse): void {
  response.socket?.resetAndDestroy()
}

const zeros = Buffer.alloc(BOMB_BYTES, 0x20)
const brokenKeys = [
  { kty: 'RSA', n: 'AQAB', e: 'AQAB', kid: CANARY },
  { kty: 'RSA', n: 'A'.repeat(4_000), e: 'AQAB', kid: 'hostile' },
  { kty: 'oct', k: 'c2VjcmV0', kid: 'hostile' },
  { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'hostile' },
  null,
]

/** Every way in which the attackers' issuers behave, by name. */
export const BEHAVIOURS: ReadonlyMap<string, Behaviour> = new Map<string, Behaviour>([
  ['valid', behaveWell],
  ['absent', status(404)],
  ['gzip-bomb', bytes(gzipSync(zeros), { 'content-encoding': 'gzip' })],
  ['br-bomb', bytes(brotliCompressSync(zeros), { 'content-encoding': 'br' })],
  ['plain-bomb', bytes(zeros.subarray(0, 200 * 1024), {})],
  ['no-gzip', bytes(Buffer.from(CANARY), { 'content-encoding': 'gzip' })],
  ['unknown-coding', bytes(Buffer.from(CANARY), { 'content-encoding': CANARY })],
  ['drip-body', drip('body')],
  ['drip-headers', drip('headers')],
  ['mute', () => undefined],
  ['endless', withoutEnd],
  ['longer', lying(1_000, 10)],
  ['shorter', lying(10, 1_000)],
  ['huge-length', lying(2 ** 40, 10)],
  ['garbage', garbage],
  ['reset', reset],
  ['500', status(500)],
  ['429', status(429, { 'retry-after': '100000' })],
  ['long-header', status(200, { 'x-long': CANARY.repeat(8_000) })],
  ['to-metadata', redirect('http://169.254.169.254/latest/meta-data/')],
  ['to-metadata-https', redirect('https://169.254.169.254/latest/meta-data/')],
  ['to-metadata-name', redirect('https://metadata.google.internal/computeMetadata/v1/')],
  ['to-private', redirect('https://10.0.0.1/')],
  ['to-ipv6-metadata', redirect('https://[fd00:ec2::254]/')],
  ['to-mapped', redirect('https://[::ffff:a9fe:a9fe]/')],
  ['to-file', redirect('file:///etc/passwd')],
  [
    'to-itself',
    (hostile, response) => {
      redirect(hostile.issuer + DISCOVERY_PATH)(hostile, response)
    },
  ],
  ['keys-private', document(() => ({ jwks_uri: 'https://10.0.0.1/keys' }))],
  ['keys-metadata', document(() => ({ jwks_uri: 'http://169.254.169.254/keys' }))],
  ['keys-file', document(() => ({ jwks_uri: 'file:///etc/passwd' }))],
  ['other-issuer', document(() => ({ issuer: `https://${CANARY}.example` }))],
  ['deep', bytes(Buffer.from('['.repeat(50_000)), {})],
  ['no-json', bytes(Buffer.from(`{"a": ${CANARY}`), {})],
  ['many-keys', keys(({ key }) => ({ keys: Array.from({ length: 500 }, () => key.jwk) }))],
  ['broken-keys', keys(() => ({ keys: brokenKeys }))],
  ['no-keys', keys(() => ({ keys: [] }))],
])
