import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test, type TestContext } from 'node:test'
import { StsError } from '#pkg/errors'
import { policyFor, startExchangeWorld, type Ask, type ExchangeWorld } from './support/exchange-world.ts'

const MINT = 'apps/create-installation-access-token'
const ISSUES = 'permissions:\n  issues: write\n'
const isCallersMint = (request: { readonly body: Buffer; readonly operation: string | undefined }): boolean =>
  request.operation === MINT && request.body.toString().includes('issues')

async function warmWorld(t: TestContext): Promise<ExchangeWorld> {
  const world = await startExchangeWorld(t)
  world.policy('acme/app', 'reader', policyFor(world.issuer.issuer, ISSUES))
  assert.equal(await codeOf(world), 'OK')
  world.records.length = 0
  world.causes.length = 0
  return world
}

async function codeOf(world: ExchangeWorld, ask: Ask = {}): Promise<string> {
  const outcome = await world.ask(ask)
  return outcome.ok ? 'OK' : outcome.denial.code
}

describe('the record', () => {
  test('of a grant has every field', async (t) => {
    const world = await warmWorld(t)
    const outcome = await world.ask({ claims: { jti: 'the-token', secret: 'nobody’s business' } })
    assert.ok(outcome.ok)
    const [record] = world.records
    assert.ok(record)
    const digest = createHash('sha256').update(outcome.token).digest()
    const { requestId, durationMs, ...rest } = record
    assert.match(requestId, /^request-\d+$/)
    assert.equal(durationMs, 0)
    const { iat, exp, ...actor } = rest.actor ?? {}
    assert.ok(typeof iat === 'number' && typeof exp === 'number' && exp > iat)
    assert.deepEqual(
      { ...rest, actor },
      {
        time: new Date(world.clock.now).toISOString(),
        callerRequestId: undefined,
        trace: undefined,
        transport: 'http',
        scope: 'acme/app',
        identity: 'reader',
        userAgent: undefined,
        clientAddress: undefined,
        outcome: 'OK',
        reason: undefined,
        detail: undefined,
        actor: {
          iss: world.issuer.issuer,
          sub: 'repo:acme/app:ref:refs/heads/main',
          jti: 'the-token',
          claims: [],
        },
        unverifiedIssuer: undefined,
        policy: {
          source: 'acme/app:.github/chainguard/reader.sts.yaml',
          blob: outcome.policy.blob,
          level: 'repository',
          stale: false,
          policy: rest.policy?.policy,
        },
        installation: { id: world.installation.id, appId: String(world.app.id) },
        issuerList: { source: 'absent', allowed: true, stale: false },
        grant: { permissions: { issues: 'write' }, repositories: ['app'] },
        expiresAt: outcome.expiresAt,
        tokenSha256: { hex: digest.toString('hex'), base64: digest.toString('base64') },
      },
    )
    assert.equal(rest.policy?.policy.subject, 'repo:acme/app:ref:refs/heads/main')
  })

  const lacking = [
    {
      name: 'a permission',
      identity: 'greedy',
      text: 'permissions:\n  issues: write\n  members: write\n',
      detail: { lacking: 'permission', permission: 'members', wanted: 'write', granted: 'read' },
    },
    {
      name: 'a repository',
      identity: 'wide',
      text: `${ISSUES}repositories: [app, elsewhere]\n`,
      detail: { lacking: 'repository' },
    },
  ]
  for (const { name, identity, text, detail } of lacking) {
    test(`of a grant that GitHub refuses says which is lacking: ${name}`, async (t) => {
      const world = await startExchangeWorld(t)
      world.policy('acme/.github', identity, policyFor(world.issuer.issuer, text))
      assert.equal(await codeOf(world, { scope: 'acme', identity }), 'PERMISSION_NOT_GRANTED')
      assert.deepEqual(
        world.records.map((record) => record.detail),
        [detail],
      )
      assert.ok(world.records[0]?.grant)
    })
  }

  test('of a mismatch has what the policy expects, whatever the caller is told', async (t) => {
    const world = await warmWorld(t)
    await codeOf(world, { claims: { sub: 'repo:acme/app:pull_request' } })
    assert.deepEqual(world.records[0]?.detail, {
      field: 'subject',
      actual: 'repo:acme/app:pull_request',
      expected: 'repo:acme/app:ref:refs/heads/main',
    })
  })

  test('of a token wider than the grant names it by its hash', async (t) => {
    const world = await warmWorld(t)
    const tokens: string[] = []
    world.github.fault({
      kind: 'answer',
      match: isCallersMint,
      rewrite: (body) => {
        if (hasToken(body)) tokens.push(body.token)
        return { ...(body as object), permissions: { contents: 'write' } }
      },
    })
    assert.equal(await codeOf(world), 'GRANT_EXCEEDED')
    assert.equal(tokens.length, 2)
    const hash = createHash('sha256')
      .update(tokens[1] ?? '')
      .digest('base64')
    assert.equal(world.records[0]?.detail?.['tokenSha256'], hash)
    assert.equal(world.records[0].detail['revoked'], true)
  })

  test('is one for each of many exchanges at once, whatever they come to', async (t) => {
    const world = await warmWorld(t)
    const asks: Ask[] = [
      {},
      { identity: 'nobody' },
      { claims: { sub: 'repo:acme/app:pull_request' } },
      { bearer: 'a.b.c' },
      { scope: 'initech/app' },
      { identity: '../x' },
    ]
    await Promise.all(Array.from({ length: 60 }, (_, index) => world.ask(asks[index % asks.length] ?? {})))
    assert.equal(world.records.length, 50, 'the malformed ones have none')
    assert.equal(new Set(world.records.map(({ requestId }) => requestId)).size, 50)
  })

  for (const defect of [new TypeError('a defect'), new StsError('unexpected')]) {
    test(`of a defect comes once, with where it was thrown: ${defect.name}`, async (t) => {
      const world = await warmWorld(t)
      assert.equal(await codeOf(world, { signal: AbortSignal.abort(defect) }), 'INTERNAL')
      assert.deepEqual(world.causes, [defect])
    })
  }
})

describe('a sink that never takes a record', () => {
  test('is refused by: the token of a grant is revoked and the caller answered', async (t) => {
    const world = await warmWorld(t)
    const before = world.github.liveTokens().length
    world.sink.hangs = ({ outcome }) => outcome === 'OK'
    assert.equal(await codeOf(world), 'AUDIT_UNAVAILABLE')
    await until(() => world.records.length === 2)
    assert.deepEqual(world.records.map(({ outcome }) => outcome).sort(), ['AUDIT_UNAVAILABLE', 'REVOKED'])
    assert.equal(world.github.liveTokens().length, before)
  })

  test('holds up neither a denial nor the end of the process', async (t) => {
    const world = await warmWorld(t)
    world.sink.hangs = () => true
    assert.equal(await codeOf(world, { identity: 'nobody' }), 'POLICY_NOT_FOUND')
    await world.service.settle(5_000)
  })

  test('or throws outright, is no way out of an exchange', async (t) => {
    const world = await warmWorld(t)
    world.sink.refuses = () => {
      throw new TypeError('a broken sink')
    }
    assert.equal(await codeOf(world), 'AUDIT_UNAVAILABLE')
    assert.equal(await codeOf(world, { identity: 'nobody' }), 'POLICY_NOT_FOUND')
  })
})

describe('how long to wait', () => {
  test('is said when GitHub says it', async (t) => {
    const world = await warmWorld(t)
    world.github.fault({
      kind: 'status',
      status: 403,
      headers: { 'retry-after': '17' },
      match: isCallersMint,
    })
    const outcome = await world.ask({})
    assert.ok(!outcome.ok)
    assert.equal(outcome.denial.code, 'RATE_LIMITED')
    assert.equal(outcome.denial.retryAfterMs, 17_000)
  })

  test('is said of a list that cannot be read', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer, ISSUES))
    world.github.fault({
      kind: 'status',
      status: 429,
      headers: { 'retry-after': '9' },
      match: ({ target }) => target.includes('trusted-token-issuers'),
    })
    const outcome = await world.ask({})
    assert.ok(!outcome.ok)
    assert.equal(outcome.denial.retryAfterMs, 9_000)
  })
})

function hasToken(body: unknown): body is { readonly token: string } {
  return typeof body === 'object' && body !== null && 'token' in body && typeof body.token === 'string'
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    assert.ok(tries < 500, 'it never came')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
