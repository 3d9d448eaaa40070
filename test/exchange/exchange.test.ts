import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import type { ExchangeOutcome } from '#pkg/exchange'
import {
  DOMAIN,
  policyFor,
  startExchangeWorld,
  type Ask,
  type ExchangeWorld,
} from './support/exchange-world.ts'

function tokenOf(outcome: ExchangeOutcome): string {
  assert.ok(outcome.ok, outcome.ok ? '' : outcome.denial.message)
  return outcome.token
}

async function codeOf(world: ExchangeWorld, ask: Ask): Promise<string> {
  const outcome = await world.ask(ask)
  return outcome.ok ? 'OK' : outcome.denial.code
}

describe('an exchange', () => {
  test('gives a token with the permissions and the repository of the policy, no more', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    const outcome = await world.ask({})
    const token = tokenOf(outcome)
    assert.ok(outcome.ok)
    assert.deepEqual({ ...outcome.permissions }, { contents: 'read', metadata: 'read' })
    assert.deepEqual(outcome.repositories, ['app'])
    assert.equal(outcome.policy.path, '.github/chainguard/reader.sts.yaml')
    assert.match(outcome.policy.blob, /^[0-9a-f]{40}$/)
    assert.equal(outcome.expiresAt, new Date(world.clock.now + 3_600_000).toISOString().replace('.000Z', 'Z'))

    const mints = world.github.calls.filter(
      ({ operation }) => operation === 'apps/create-installation-access-token',
    )
    assert.deepEqual(JSON.parse(mints.at(-1)?.requestBody.toString() ?? ''), {
      repositories: ['app'],
      permissions: { contents: 'read' },
    })
    assert.ok(world.github.liveTokens().some((live) => live.token === token))
  })

  test('never gives one token twice', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    const bearer = await world.token()
    const tokens = await Promise.all(
      Array.from({ length: 5 }, async () => tokenOf(await world.ask({ bearer }))),
    )
    assert.equal(new Set(tokens).size, 5)
  })

  test('takes the scope and the owner in any case, the identity in one', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    await world.ask({})
    world.gitHubCalls()
    tokenOf(await world.ask({ scope: 'ACME/App' }))
    assert.equal(world.gitHubCalls().operations.length, 1, 'case variants share one entry')
    assert.equal(await codeOf(world, { identity: 'Reader' }), 'POLICY_NOT_FOUND')
  })

  test('reads an organization policy for the scope of an owner, and grants what it names', async (t) => {
    const world = await startExchangeWorld(t)
    const rest = 'permissions:\n  contents: read\nrepositories: [app, docs]\n'
    world.policy('acme/.github', 'reader', policyFor(world.issuer.issuer, rest))
    const outcome = await world.ask({ scope: 'acme' })
    assert.ok(outcome.ok)
    assert.deepEqual(outcome.repositories, ['app', 'docs'])
  })

  test('grants all repositories to the scope of an owner alone, and only the policy’s own to its repository', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/.github', 'reader', policyFor(world.issuer.issuer))
    const wide = await world.ask({ scope: 'acme' })
    assert.ok(wide.ok)
    assert.equal(wide.repositories, undefined)
    const narrow = await world.ask({ scope: 'acme/.GitHub' })
    assert.ok(narrow.ok)
    assert.deepEqual(narrow.repositories, ['.github'])
  })

  test('leaves the expiry out when told to', async (t) => {
    const world = await startExchangeWorld(t, { answerExpiry: false })
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    const outcome = await world.ask({})
    assert.ok(outcome.ok)
    assert.equal(outcome.expiresAt, '')
  })

  test('uses the service’s domain as the audience of a policy without one', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    assert.equal(await codeOf(world, { claims: { aud: DOMAIN } }), 'OK')
    assert.equal(await codeOf(world, { claims: { aud: 'https://github.com/acme' } }), 'POLICY_MISMATCH')
  })
})

describe('an exchange is refused', () => {
  const cases: readonly { name: string; ask: Ask; code: string; reason: string }[] = [
    {
      name: 'without a policy',
      ask: { identity: 'nobody' },
      code: 'POLICY_NOT_FOUND',
      reason: 'policy_missing',
    },
    {
      name: 'with a broken policy',
      ask: { identity: 'broken' },
      code: 'POLICY_INVALID',
      reason: 'policy_invalid',
    },
    {
      name: 'with a folder for a policy',
      ask: { identity: 'folder' },
      code: 'POLICY_INVALID',
      reason: 'policy_invalid',
    },
    {
      name: 'with another subject',
      ask: { claims: { sub: 'repo:acme/app:pull_request' } },
      code: 'POLICY_MISMATCH',
      reason: 'subject_mismatch',
    },
    {
      name: 'with another audience',
      ask: { claims: { aud: 'elsewhere' } },
      code: 'POLICY_MISMATCH',
      reason: 'audience_mismatch',
    },
    {
      name: 'with a token that is not one',
      ask: { bearer: 'a.b.c' },
      code: 'TOKEN_MALFORMED',
      reason: 'token_not_compact',
    },
    {
      name: 'with an expired token',
      ask: { claims: { exp: 1 } },
      code: 'TOKEN_INVALID',
      reason: 'token_expired',
    },
    {
      name: 'for an owner without the App',
      ask: { scope: 'initech/app' },
      code: 'INSTALLATION_NOT_FOUND',
      reason: 'installation_missing',
    },
    {
      name: 'for a repository that is not there',
      ask: { scope: 'acme/nothing' },
      code: 'INSTALLATION_NOT_FOUND',
      reason: 'installation_missing',
    },
    {
      name: 'for a permission that the App lacks',
      ask: { identity: 'greedy' },
      code: 'PERMISSION_NOT_GRANTED',
      reason: 'permission_not_granted',
    },
    {
      name: 'with an issuer that is none',
      ask: { claims: { iss: 'https://user@example.com' } },
      code: 'ISSUER_INVALID',
      reason: 'issuer_syntax',
    },
  ]

  for (const { name, ask, code, reason } of cases) {
    test(name, async (t) => {
      const world = await startExchangeWorld(t)
      world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
      world.policy('acme/app', 'broken', 'issuer: [\n')
      world.policy(
        'acme/app',
        'greedy',
        policyFor(world.issuer.issuer, 'permissions:\n  administration: write\n'),
      )
      world.github.writeFile('acme/app', '.github/chainguard/folder.sts.yaml/x', 'y')
      assert.equal(await codeOf(world, ask), code)
      assert.deepEqual(
        world.records.map((record) => [record.outcome, record.reason, record.tokenSha256]),
        [[code, reason, undefined]],
      )
    })
  }

  test('when no App serves the owner', async (t) => {
    const world = await startExchangeWorld(t, { appOwners: ['initech'] })
    assert.equal(await codeOf(world, {}), 'APP_NOT_CONFIGURED')
    assert.deepEqual(world.gitHubCalls().operations, [])
  })

  test('when the installation is suspended', async (t) => {
    const world = await startExchangeWorld(t)
    world.github.suspend(world.installation)
    assert.equal(await codeOf(world, {}), 'INSTALLATION_NOT_FOUND')
  })

  test('when the issuer is not on the server’s list, before anything is fetched for it', async (t) => {
    const world = await startExchangeWorld(t, {
      serverIssuers: ['https://token.actions.githubusercontent.com'],
    })
    assert.equal(await codeOf(world, {}), 'ISSUER_NOT_ALLOWED')
    assert.equal(world.issuer.calls.length, 0)
  })
})

describe('a request that is not well formed', () => {
  const malformed: readonly { name: string; ask: Ask }[] = [
    { name: 'a path for an identity', ask: { identity: '../reader' } },
    { name: 'an encoded path for an identity', ask: { identity: '%2e%2e' } },
    { name: 'a backslash in an identity', ask: { identity: 'a\\b' } },
    { name: 'a ref behind an identity', ask: { identity: 'foo.sts.yaml?ref=evil&x=' } },
    { name: 'a NUL in an identity', ask: { identity: 'a\0' } },
    { name: 'a newline behind an identity', ask: { identity: 'reader\n' } },
    { name: 'an identity of 10 KB', ask: { identity: 'a'.repeat(10_240) } },
    { name: 'no identity', ask: { identity: '' } },
    { name: 'no scope', ask: { scope: '' } },
    { name: 'a scope of three parts', ask: { scope: 'acme/app/x' } },
    { name: 'a scope that climbs', ask: { scope: 'acme/..' } },
    { name: 'a scope without an owner', ask: { scope: '/app' } },
    { name: 'a scope with an encoded slash', ask: { scope: 'acme%2fapp' } },
    { name: 'a scope of 10 KB', ask: { scope: `acme/${'a'.repeat(10_240)}` } },
  ]
  for (const { name, ask } of malformed) {
    test(`(P) is refused without a call: ${name}`, async (t) => {
      const world = await startExchangeWorld(t)
      assert.equal(await codeOf(world, ask), 'INVALID_REQUEST')
      assert.deepEqual(world.gitHubCalls().operations, [])
      assert.equal(world.issuer.calls.length, 0)
      assert.deepEqual(world.records, [], 'there is no record before a request is parsed')
    })
  }

  test('(P) never makes GitHub see a ref', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    await world.ask({})
    await world.ask({ scope: 'acme' })
    for (const call of world.github.calls) assert.doesNotMatch(call.path, /[?&]ref=/)
  })
})

describe('what an exchange costs', () => {
  test('cold: at most 6 calls to GitHub, 4 deep', async (t) => {
    const world = await startExchangeWorld(t, { latencyMs: 50 })
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    tokenOf(await world.ask({}))
    const { operations, depth } = world.gitHubCalls()
    assert.ok(operations.length <= 6, operations.join())
    assert.equal(depth, 4)
  })

  test('warm: 1 call', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    tokenOf(await world.ask({}))
    world.gitHubCalls()
    tokenOf(await world.ask({}))
    assert.equal(world.gitHubCalls().operations.length, 1)
  })

  test('past the policy’s freshness: conditional reads, answered 304, then the mint', async (t) => {
    const world = await startExchangeWorld(t, { latencyMs: 50 })
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    world.github.writeFile(
      'acme/.github',
      '.github/chainguard/trusted-token-issuers.yaml',
      `issuers: ['${world.issuer.issuer}']\n`,
    )
    tokenOf(await world.ask({}))
    world.github.clearCalls()
    world.clock.now += 61_000
    tokenOf(await world.ask({}))
    assert.deepEqual(world.github.calls.map(({ status }) => status).sort(), [201, 304, 304])
    assert.equal(world.gitHubCalls().depth, 2)
  })

  test('another repository of a known owner: 3 calls', async (t) => {
    const world = await startExchangeWorld(t, { latencyMs: 50 })
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    world.policy('acme/docs', 'reader', policyFor(world.issuer.issuer))
    tokenOf(await world.ask({}))
    world.gitHubCalls()
    tokenOf(await world.ask({ scope: 'acme/docs' }))
    const { operations, depth } = world.gitHubCalls()
    assert.equal(operations.length, 3)
    assert.equal(depth, 3)
  })

  test('denied by policy, warm: none', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    tokenOf(await world.ask({}))
    world.gitHubCalls()
    assert.equal(await codeOf(world, { claims: { sub: 'repo:acme/app:pull_request' } }), 'POLICY_MISMATCH')
    assert.deepEqual(world.gitHubCalls().operations, [])
  })

  test('100 at once for a cold owner: at most 106 calls, 100 different tokens, one look at the issuer', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    const bearer = await world.token()
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => world.ask({ bearer })))
    assert.equal(new Set(outcomes.map(tokenOf)).size, 100)
    const { operations } = world.gitHubCalls()
    assert.ok(operations.length <= 106, `${operations.length} calls`)
    assert.equal(world.issuer.count('discovery'), 1)
    assert.equal(world.issuer.count('keys'), 1)
  })
})

describe('the record of an exchange', () => {
  test('says who got what by which policy, and names the token by its hashes alone', async (t) => {
    const world = await startExchangeWorld(t)
    const rest = 'claim_pattern:\n  workflow: .*\npermissions:\n  contents: read\n'
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer, rest))
    const bearer = await world.token()
    const token = tokenOf(await world.ask({ bearer }))
    const [record, ...others] = world.records
    assert.deepEqual(others, [])
    assert.ok(record !== undefined)
    assert.equal(record.outcome, 'OK')
    assert.equal(record.actor?.iss, world.issuer.issuer)
    assert.equal(record.actor.sub, 'repo:acme/app:ref:refs/heads/main')
    assert.deepEqual(record.actor.claims, [{ name: 'workflow', value: 'release' }])
    assert.equal(record.policy?.source, 'acme/app:.github/chainguard/reader.sts.yaml')
    assert.equal(record.policy.stale, false)
    assert.deepEqual(record.policy.policy.permissions, { contents: 'read' })
    assert.equal(record.installation?.id, world.installation.id)
    assert.deepEqual(record.issuerList, { source: 'absent', allowed: true, stale: false })
    assert.deepEqual(record.grant, { permissions: { contents: 'read' }, repositories: ['app'] })
    const digest = createHash('sha256').update(token).digest()
    assert.deepEqual(record.tokenSha256, { hex: digest.toString('hex'), base64: digest.toString('base64') })
    const text = JSON.stringify(world.records)
    assert.ok(!text.includes(token))
    assert.ok(!text.includes(bearer))
  })

  test('of an unverified token names its issuer as unverified, and no actor', async (t) => {
    const world = await startExchangeWorld(t)
    await world.ask({ claims: { exp: 1 } })
    assert.equal(world.records[0]?.actor, undefined)
    assert.equal(world.records[0]?.unverifiedIssuer, world.issuer.issuer)
  })
})
