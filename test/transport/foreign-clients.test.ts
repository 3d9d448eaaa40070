import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { unless } from '../support/requirement.ts'
import { startSts, TOKEN } from './support/sts.ts'

const run = promisify(execFile)

const PROTO_FOLDER = fileURLToPath(new URL('../../proto', import.meta.url))
const PYTHON_CLIENT = fileURLToPath(new URL('./support/exchange_client.py', import.meta.url))

// Debian's packages serve Debian's python3, whichever comes first on the path.
const python = ['python3', '/usr/bin/python3'].find(
  (command) => spawnSync(command, ['-c', 'import grpc, grpc_tools']).status === 0,
)
const curl = spawnSync('curl', ['--version'], { encoding: 'utf8' })
const hasCurl = curl.status === 0 && /\bHTTP2\b/.test(curl.stdout)

test(
  "Google's gRPC client of Python, made from the proto files alone, exchanges and reads denials",
  { skip: unless('python-grpc', python !== undefined, 'python3 with grpcio and grpcio-tools') },
  async (t) => {
    const sts = await startSts(t)
    const { stdout } = await run(python ?? '', [PYTHON_CLIENT, `127.0.0.1:${sts.port}`, PROTO_FOLDER])
    const [granted, denied, , late, compressed] = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    assert.deepEqual(granted, {
      token: TOKEN,
      expiry: '2026-01-01T00:00:00Z',
      policy: `.github/chainguard/ci.sts.yaml@${'a'.repeat(40)}`,
    })
    assert.deepEqual(denied, {
      code: 'PERMISSION_DENIED',
      message:
        'the token does not satisfy the trust policy: subject is "repo:a/b", the policy expects "repo:a/c"',
      reason: 'POLICY_MISMATCH',
      field: 'subject',
    })
    assert.deepEqual(sts.calls[2]?.authorization, ['Bearer one', 'Bearer two'])
    assert.equal((late as { code: string }).code, 'DEADLINE_EXCEEDED')
    assert.equal((compressed as { code: string }).code, 'UNIMPLEMENTED')
  },
)

const CURLS: readonly (readonly [label: string, args: readonly string[]])[] = [
  ['over HTTP/1.1', []],
  ['with an upgrade to h2c on offer', ['--http2']],
  ['over HTTP/2 with prior knowledge', ['--http2-prior-knowledge']],
]

for (const [label, args] of CURLS) {
  test(`curl exchanges ${label}`, { skip: unless('curl', hasCurl, 'curl with HTTP/2') }, async (t) => {
    const sts = await startSts(t)
    const url = `http://127.0.0.1:${sts.port}/sts/exchange`
    const authorization = ['-H', 'Authorization: Bearer a.b.c']
    const get = await run('curl', ['-sSf', ...args, ...authorization, `${url}?scope=o/r&identity=ci`])
    assert.equal(get.stdout, `{"token":"${TOKEN}","refreshToken":"","expiry":"2026-01-01T00:00:00Z"}`)
    const form = await run('curl', ['-sSf', ...args, ...authorization, '-d', 'identity=form', url])
    assert.match(form.stdout, /"token"/)
    const type = ['-H', 'Content-Type: application/json']
    const json = ['-d', '{"scopes":["o/r"],"identity":"json"}']
    await run('curl', ['-sSf', ...args, ...authorization, ...type, ...json, url])
    // Waits for 100 Continue.
    const large = `identity=large&x=${'x'.repeat(60_000)}`
    await run('curl', ['-sSf', ...args, ...authorization, '-H', 'Expect: 100-continue', '-d', large, url])
    assert.deepEqual(
      sts.calls.map(({ identity }) => identity),
      ['ci', 'form', 'json', 'large'],
    )
  })
}
