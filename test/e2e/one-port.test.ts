import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { unless } from '../support/requirement.ts'
import { bearer, grpcClient, statusDetails } from '../transport/support/grpc-client.ts'
import { startDeployment } from './support/deployment.ts'

const version = spawnSync('curl', ['--version'], { encoding: 'utf8' })
const hasCurl = version.status === 0 && version.stdout.includes('HTTP2')

test('gRPC on the port of JSON gives a token with its expiry, and a denial that says why', async (t) => {
  const deployment = await startDeployment(t)
  const grpc = grpcClient(t, deployment.port)
  const request = { scopes: ['acme/app'], identity: 'reader' }

  const granted = await grpc.exchange(request, { metadata: bearer(await deployment.token()) })
  assert.equal(granted.error, null)
  const token = granted.token?.token ?? ''
  assert.ok(
    deployment.github.liveTokens().some((live) => live.token === token),
    'GitHub does not know the token',
  )
  const hour = Number(granted.token?.expiry?.seconds) - Date.now() / 1000
  assert.ok(hour > 3_500 && hour <= 3_600, `${hour} s`)
  assert.deepEqual(granted.trailers?.get('sts-permissions'), ['contents=read,metadata=read'])

  const wrong = await deployment.token({ sub: 'repo:acme/app:pull_request' })
  const denied = await grpc.exchange(request, { metadata: bearer(wrong) })
  assert.ok(denied.error, 'it is denied')
  assert.equal(denied.error.code, 7)
  const { info } = statusDetails(denied.error.metadata)
  assert.equal(info.reason, 'POLICY_MISMATCH')
  assert.equal(info.metadata['field'], 'subject')
  assert.equal(info.metadata['actual'], 'repo:acme/app:pull_request')
  assert.equal(info.metadata['expected'], undefined, 'only the owner is told')
})

for (const [name, protocol] of [
  ['HTTP/1.1', '--http1.1'],
  ['HTTP/2 with prior knowledge', '--http2-prior-knowledge'],
] as const) {
  test(
    `curl over ${name} gives a token`,
    { skip: unless('curl', hasCurl, 'curl with HTTP/2') },
    async (t) => {
      const deployment = await startDeployment(t)
      const { stdout } = await run([
        protocol,
        `${deployment.url}/sts/exchange?scope=acme/app&scopes=acme/app&identity=reader`,
        '-H',
        `Authorization: Bearer ${await deployment.token()}`,
      ])
      const { token } = JSON.parse(stdout) as { token: string }
      assert.ok(
        deployment.github.liveTokens().some((live) => live.token === token),
        'GitHub does not know the token',
      )
    },
  )
}

function run(args: readonly string[]): Promise<{ stdout: string }> {
  return promisify(execFile)('curl', ['-sSf', ...args])
}
