import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startGhsts, finish } from '../ghsts/support/ghsts-process.ts'
import { DOMAIN, startDeployment } from './support/deployment.ts'

const WANTED = ['--scope', 'acme/app', '--identity', 'reader'] as const

test('a token is exchanged, used, and revoked from the command line', async (t) => {
  const { github, token, url } = await startDeployment(t)
  const oidc = await token()
  const args = ['exchange', '--url', url, ...WANTED, '--token', '-']
  const exchanged = await finish(startGhsts(t, args), `${oidc}\n`)
  assert.deepEqual([exchanged.status, exchanged.stderr], [0, ''])
  assert.match(exchanged.stdout, /^ghs_\S+\n$/)

  const read = (): Promise<number> =>
    fetch(`${github.baseUrl}/installation/repositories`, {
      headers: { authorization: `token ${exchanged.stdout.trim()}` },
    }).then(({ status }) => status)
  assert.equal(await read(), 200)
  const revoke = () =>
    finish(startGhsts(t, ['revoke'], { GITHUB_BASE_URL: github.baseUrl }), exchanged.stdout)
  assert.equal((await revoke()).status, 0)
  assert.equal(await read(), 401)
  assert.equal((await revoke()).status, 0)
})

test('a job without a token asks its runner for one, and has what it gets masked', async (t) => {
  const { github, issuer, url } = await startDeployment(t)
  github.writeFile(
    'acme/app',
    '.github/chainguard/job.sts.yaml',
    `issuer: ${issuer.issuer}\nsubject: repo:acme@1/app@2:ref:refs/heads/main\npermissions:\n  contents: read\n`,
  )
  const env = {
    GITHUB_ACTIONS: 'true',
    // A real runner knows the job by the token; this issuer has to be told.
    ACTIONS_ID_TOKEN_REQUEST_URL: `${issuer.issuer}/actions/token?repository=acme/app&ref=main`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token-of-this-job',
  }
  const args = ['exchange', '--url', url, '--scope', 'acme/app', '--identity', 'job', '--audience', DOMAIN]
  const { status, stdout, stderr } = await finish(startGhsts(t, args, env))
  assert.equal(status, 0)
  assert.match(stdout, /^ghs_\S+\n$/)
  assert.equal(stderr, `::add-mask::${stdout}`)
})

test('a denial names its reason and the id in the log of the service', async (t) => {
  const { app, token, url } = await startDeployment(t)
  const oidc = await token({ sub: 'repo:acme/app:ref:refs/heads/other' })
  const args = ['exchange', '--url', url, ...WANTED, '--token', '-']
  const { status, stdout, stderr } = await finish(startGhsts(t, args), oidc)
  assert.deepEqual([status, stdout], [1, ''])
  assert.match(stderr, /POLICY_MISMATCH/)
  const [, requestId = ''] = /request id (\S+)/.exec(stderr) ?? []
  assert.notEqual(requestId, '')
  await app.saw(new RegExp(requestId))
  assert.equal(stderr.includes(oidc), false)
})
