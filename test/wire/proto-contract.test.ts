import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { loadWireDefinition, SERVICE_NAME } from '#pkg/wire'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PROTO = readFileSync(`${ROOT}proto/platform/oidc/v1/oidc.platform.proto`, 'utf8')

/** Field lines of a message in the proto file, without comments: the contract with clients in the field. */
function fieldsOf(message: string): string[] {
  const body = new RegExp(`^message ${message} \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(PROTO)?.[1] ?? ''
  return body
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('//'))
}

test('the messages have the fields and numbers that clients know', () => {
  assert.match(PROTO, /^package chainguard\.platform\.oidc;$/m)
  assert.deepEqual(fieldsOf('ExchangeRequest'), [
    'reserved 3, 6;',
    'reserved "cluster", "include_upstream_token";',
    'repeated string aud = 1;',
    'string scope = 2 [deprecated = true];',
    'string identity = 4;',
    'repeated string cap = 5;',
    'string identity_provider = 7;',
    'repeated string scopes = 8;',
  ])
  assert.deepEqual(fieldsOf('RawToken'), [
    'string token = 1;',
    'string refresh_token = 2;',
    'google.protobuf.Timestamp expiry = 3;',
  ])
  assert.deepEqual(fieldsOf('ExchangeRefreshTokenRequest'), [
    'repeated string aud = 1;',
    'string scope = 2 [deprecated = true];',
    'repeated string cap = 3;',
    'repeated string scopes = 4;',
  ])
  assert.deepEqual(fieldsOf('TokenPair'), ['RawToken token = 1;', 'RawToken refresh_token = 2;'])
})

test('the bytes of a request are those that other clients send', () => {
  const { Exchange, ExchangeRefreshToken } = loadWireDefinition().service
  assert.equal(Exchange.path, `/${SERVICE_NAME}/Exchange`)
  assert.equal(ExchangeRefreshToken.path, `/${SERVICE_NAME}/ExchangeRefreshToken`)
  const bytes = Exchange.requestSerialize({
    aud: ['a'],
    scope: 's',
    identity: 'i',
    cap: ['c'],
    identity_provider: 'p',
    scopes: ['x', 'y'],
  })
  const fields = ['\x0a\x01a', '\x12\x01s', '\x22\x01i', '\x2a\x01c', '\x3a\x01p', '\x42\x01x', '\x42\x01y']
  const actual = bytes.toString('latin1').match(/[^]{3}/g)
  assert.deepEqual(actual?.sort(), fields.sort())
  // Fields that are reserved or unknown are skipped.
  const decoded = Exchange.requestDeserialize(Buffer.from('\x1a\x01z\x30\x01\x7a\x01z\x22\x02ci', 'latin1'))
  assert.deepEqual([decoded.identity, decoded.scope, decoded.scopes], ['ci', '', []])
})

test('the generated types are those of the proto files (scripts/generate-wire.mjs)', (t) => {
  const outDir = mkdtempSync(join(tmpdir(), 'generated-'))
  t.after(() => {
    rmSync(outDir, { recursive: true, force: true })
  })
  const { status, stderr } = spawnSync(process.execPath, [`${ROOT}scripts/generate-wire.mjs`, outDir], {
    encoding: 'utf8',
  })
  assert.equal(status, 0, stderr)
  assert.deepEqual(contentsOf(`${ROOT}pkg/wire/generated`), contentsOf(outDir))
})

function contentsOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  return Object.fromEntries(files.sort().map((file) => [file, readFileSync(join(folder, file), 'utf8')]))
}
