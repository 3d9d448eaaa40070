import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createTcpServer } from 'node:net'
import { describe, test } from 'node:test'
import { generateAppKey } from '../../emulator/index.ts'
import { startDeployment, type Deployment } from './support/deployment.ts'
import { startProgram } from './support/service-process.ts'

const APP = 'cmd/app/main.ts'

function ask({ url }: Deployment, bearer: string, identity = 'reader'): Promise<Response> {
  return fetch(`${url}/sts/exchange?scope=acme/app&identity=${identity}`, {
    headers: { authorization: `Bearer ${bearer}` },
  })
}

describe('starting', () => {
  test('with a wrong configuration ends with 2 and says everything that is wrong at once', async (t) => {
    const program = startProgram(t, APP, { PORT: 'eighty', ORG_POLICY_REPO: '', KMS_KEYS: 'a,b' })
    assert.deepEqual(await program.exit, { code: 2, signal: null })
    for (const name of ['PORT', 'STS_DOMAIN', 'GITHUB_APP_IDS', 'ORG_POLICY_REPO', 'KMS_KEYS']) {
      assert.match(program.output(), new RegExp(`\\b${name}\\b`))
    }
  })

  test('with a key that is none ends with 2', async (t) => {
    const program = startProgram(t, APP, {
      PORT: '0',
      STS_DOMAIN: 'sts.example.com',
      GITHUB_APP_IDS: '1',
      APP_SECRET_CERTIFICATE_ENV_VAR:
        '-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----\n',
    })
    assert.equal((await program.exit).code, 2)
    assert.match(program.output(), /APP_SECRET_CERTIFICATE_ENV_VAR/)
    assert.doesNotMatch(program.output(), /c2VjcmV0/)
  })

  test('with --check-config checks and ends with 0', async (t) => {
    const program = startProgram(
      t,
      APP,
      {
        PORT: '0',
        STS_DOMAIN: 'sts.example.com',
        GITHUB_APP_IDS: '1',
        APP_SECRET_CERTIFICATE_ENV_VAR: generateAppKey().privateKey,
      },
      ['--check-config'],
    )
    assert.equal((await program.exit).code, 0)
  })

  test('with an argument that it does not know ends with 2 and starts nothing', async (t) => {
    const program = startProgram(t, APP, {}, ['--chekc-config'])
    assert.equal((await program.exit).code, 2)
    assert.match(program.output(), /usage/)
  })

  test('on a port that is taken ends with 1 and says so', async (t) => {
    const taken = createTcpServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    t.after(() => taken.close())
    const address = taken.address()
    assert.ok(typeof address === 'object' && address !== null)
    const program = startProgram(t, APP, {
      PORT: String(address.port),
      STS_HOST: '127.0.0.1',
      STS_DOMAIN: 'sts.example.com',
      GITHUB_APP_IDS: '1',
      APP_SECRET_CERTIFICATE_ENV_VAR: generateAppKey().privateKey,
    })
    assert.equal((await program.exit).code, 1)
    assert.match(program.output(), /EADDRINUSE/)
  })
})

describe('running', () => {
  test('exchanges a token and writes one line about it, without the token', async (t) => {
    const deployment = await startDeployment(t)
    const bearer = await deployment.token()
    const response = await ask(deployment, bearer)
    assert.equal(response.status, 200)
    const { token } = (await response.json()) as { token: string }
    assert.ok(deployment.github.liveTokens().some((live) => live.token === token))

    const requestId = response.headers.get('x-request-id') ?? ''
    await deployment.app.saw(new RegExp(requestId))
    const lines = deployment.app
      .output()
      .split('\n')
      .filter((line) => line.includes(requestId))
    assert.equal(lines.length, 1)
    const { record } = JSON.parse(lines[0] ?? '') as { record: { outcome: string; actor: { sub: string } } }
    assert.equal(record.outcome, 'OK')
    assert.equal(record.actor.sub, 'repo:acme/app:ref:refs/heads/main')
    assert.ok(!deployment.app.output().includes(token))
    assert.ok(!deployment.app.output().includes(bearer))
  })

  test('logs why a request had not the shape of one', async (t) => {
    const { app, url } = await startDeployment(t)
    const response = await fetch(`${url}/sts/exchange?identity=reader`)
    const requestId = response.headers.get('x-request-id') ?? 'none'
    const [line] = await app.saw(new RegExp(`.*${requestId}.*`))
    const { request } = JSON.parse(line) as { request: { code: string; reason: string } }
    assert.deepEqual([request.code, request.reason], ['INVALID_REQUEST', 'scope_missing'])
  })

  test('is not ready when GitHub refuses the App’s key, and lives on', async (t) => {
    const deployment = await startDeployment(t, {}, { privateKey: generateAppKey().privateKey })
    await deployment.app.saw(/has not confirmed the key/)
    assert.equal((await fetch(`${deployment.url}/readyz`)).status, 503)
    assert.equal((await fetch(`${deployment.url}/healthz`)).status, 200)
    const response = await ask(deployment, await deployment.token())
    assert.equal(response.status, 503)
  })
})

describe('stopping', () => {
  test('answers what is in flight, revokes what it holds and ends with 0', async (t) => {
    const deployment = await startDeployment(t)
    const bearer = await deployment.token()
    await (await ask(deployment, bearer)).text()
    deployment.github.fault({ kind: 'slow', delayMs: 2_000, match: 'apps/create-installation-access-token' })
    const answers = Array.from({ length: 50 }, () => ask(deployment, bearer))
    while (deployment.github.calls.filter(({ endedAt }) => endedAt === null).length < 50) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const started = performance.now()
    deployment.app.child.kill('SIGTERM')
    const statuses = (await Promise.all(answers)).map(({ status }) => status)
    assert.deepEqual(statuses, Array<number>(50).fill(200))
    assert.deepEqual(await deployment.app.exit, { code: 0, signal: null })
    assert.ok(performance.now() - started < 10_000)
    // What is left alive belongs to callers: the read tokens are gone.
    assert.equal(deployment.github.liveTokens().length, 51)
  })

  test('does not wait for a mint that GitHub does not answer, but records it', async (t) => {
    const { app, github, url, token } = await startDeployment(t)
    const headers = { authorization: `Bearer ${await token()}` }
    const target = `${url}/sts/exchange?scope=acme/app&identity=reader`
    await (await fetch(target, { headers })).text()
    let isAsked: () => void
    const asked = new Promise<void>((resolve) => (isAsked = resolve))
    github.fault({
      kind: 'timeout',
      worked: true,
      match: ({ operation }) => {
        if (operation !== 'apps/create-installation-access-token') return false
        isAsked()
        return true
      },
    })
    const leaving = new AbortController()
    const gone = fetch(target, { headers, signal: leaving.signal }).catch(() => undefined)
    await asked
    leaving.abort()
    await gone
    await app.saw(/exchange DEADLINE_EXCEEDED/)
    app.child.kill('SIGTERM')
    assert.deepEqual(await app.exit, { code: 0, signal: null })
    assert.match(app.output(), /exchange MINT_UNKNOWN/)
    // One belongs to a caller, one nobody knows; the read tokens are gone.
    assert.equal(github.liveTokens().length, 2)
  })

  test('turns readiness first and goes on serving during the drain delay', async (t) => {
    const deployment = await startDeployment(t, { STS_DRAIN_DELAY: '2s' })
    const bearer = await deployment.token()
    deployment.app.child.kill('SIGTERM')
    await deployment.app.saw(/"stopping"/)
    assert.equal((await fetch(`${deployment.url}/readyz`)).status, 503)
    assert.equal((await fetch(`${deployment.url}/healthz`)).status, 200)
    assert.equal((await ask(deployment, bearer)).status, 200)
    assert.equal((await deployment.app.exit).code, 0)
  })

  test('a second signal ends it at once', async (t) => {
    const deployment = await startDeployment(t, { STS_DRAIN_DELAY: '1m' })
    deployment.app.child.kill('SIGTERM')
    await deployment.app.saw(/"stopping"/)
    deployment.app.child.kill('SIGTERM')
    assert.equal((await deployment.app.exit).code, 1)
  })
})
