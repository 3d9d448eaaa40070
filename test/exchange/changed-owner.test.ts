import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import {
  policyFor,
  startExchangeWorld,
  type Ask,
  type ExchangeWorld,
  type WorldOptions,
} from './support/exchange-world.ts'

const LIST = '.github/chainguard/trusted-token-issuers.yaml'
const READ = 'repos/get-content'
const MINT = 'apps/create-installation-access-token'
const REVOKE = 'apps/revoke-installation-access-token'
const WRITE = 'permissions:\n  issues: write\n'

async function codeOf(world: ExchangeWorld, ask: Ask = {}): Promise<string> {
  const outcome = await world.ask(ask)
  return outcome.ok ? 'OK' : outcome.denial.code
}

/** An owner whose policies, for a repository and for all, have just let a caller in. */
async function worldInUse(t: TestContext, options: WorldOptions = {}): Promise<ExchangeWorld> {
  const world = await startExchangeWorld(t, options)
  world.policy('acme/app', 'reader', policyFor(world.issuer.issuer, WRITE))
  world.policy('acme/.github', 'everything', policyFor(world.issuer.issuer, WRITE))
  assert.equal(await codeOf(world), 'OK')
  assert.equal(await codeOf(world, { scope: 'acme', identity: 'everything' }), 'OK')
  return world
}

/** Someone else registers the name of `acme`, with the App and repositories of the same names but no policy. */
function handOver(world: ExchangeWorld): { readonly id: number } {
  world.github.renameAccount('acme', 'acme-before')
  world.github.addOrganization('acme')
  for (const name of ['.github', 'app']) world.github.addRepository({ owner: 'acme', name })
  return world.github.install({ app: world.app, account: 'acme' })
}

function mintsFor(world: ExchangeWorld, { id }: { readonly id: number }): readonly string[] {
  return world.github.calls
    .filter(({ operation, path, status }) => operation === MINT && path.includes(`/${id}/`) && status === 201)
    .map(({ requestBody }) => requestBody.toString())
    .filter((body) => body.includes('issues'))
}

describe('a policy of the former holder of a name', () => {
  const scopes: readonly { name: string; ask: Ask; afterMs: number }[] = [
    { name: 'for a repository', ask: {}, afterMs: 1_000 },
    { name: 'for a repository, known for a while', ask: {}, afterMs: 59_000 },
    { name: 'for all repositories', ask: { scope: 'acme', identity: 'everything' }, afterMs: 1_000 },
  ]
  for (const { name, ask, afterMs } of scopes) {
    test(`grants nothing of the one who has it now: ${name}`, async (t) => {
      const world = await worldInUse(t)
      const installation = handOver(world)
      world.github.clearCalls()
      world.clock.now += afterMs
      for (let tries = 0; tries < 3; tries++) {
        const outcome = await world.ask(ask)
        // A wide token was confirmed within the minute and still is of the former holder, of nobody else.
        if (outcome.ok) assert.equal(ask.scope, 'acme')
      }
      assert.deepEqual(mintsFor(world, installation), [])
    })
  }

  test('for all repositories grants nothing once the installation has to be confirmed again', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/.github', 'everything', policyFor(world.issuer.issuer, WRITE))
    world.policy('acme/.github', 'other', policyFor(world.issuer.issuer, WRITE))
    const ask = { scope: 'acme', identity: 'everything' }
    assert.equal(await codeOf(world, { scope: 'acme', identity: 'other' }), 'OK')
    world.clock.now += 50_000
    assert.equal(await codeOf(world, ask), 'OK')
    const installation = handOver(world)
    world.github.clearCalls()
    world.clock.now += 20_000
    assert.equal(await codeOf(world, ask), 'INSTALLATION_NOT_FOUND')
    assert.equal(await codeOf(world, ask), 'POLICY_NOT_FOUND')
    assert.deepEqual(mintsFor(world, installation), [])
  })

  test('does not stand in while GitHub cannot be asked for the new one', async (t) => {
    const world = await worldInUse(t)
    const installation = handOver(world)
    world.github.fault({ kind: 'status', status: 500, match: READ })
    world.clock.now += 61_000
    for (let tries = 0; tries < 3; tries++) assert.notEqual(await codeOf(world), 'OK')
    assert.deepEqual(mintsFor(world, installation), [])
  })

  test('does not deny what the new one grants', async (t) => {
    const world = await worldInUse(t)
    world.policy('acme/app', 'reader', policyFor('https://issuer.example.com', WRITE))
    world.clock.now += 61_000
    assert.equal(await codeOf(world), 'POLICY_MISMATCH')
    handOver(world)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer, WRITE))
    world.clock.now += 3_600_000
    assert.equal(await codeOf(world), 'OK')
  })
})

describe('an installation that changes', () => {
  test('is gone at once when it is uninstalled, and served again when it is back', async (t) => {
    const world = await worldInUse(t)
    world.github.uninstall(world.installation)
    assert.equal(await codeOf(world), 'INSTALLATION_NOT_FOUND')
    world.github.install({ app: world.app, account: 'acme' })
    world.clock.now += 61_000
    assert.equal(await codeOf(world), 'OK')
  })

  test('that was replaced serves the next exchange', async (t) => {
    const world = await worldInUse(t)
    world.github.uninstall(world.installation)
    const { id } = world.github.install({ app: world.app, account: 'acme' })
    world.records.length = 0
    assert.equal(await codeOf(world), 'OK')
    assert.equal(world.records[0]?.installation?.id, id)
  })

  test('gives no token for a repository that was taken from it', async (t) => {
    const world = await worldInUse(t)
    world.github.updateInstallation(world.installation, { repositories: ['.github', 'docs'] })
    assert.equal(await codeOf(world), 'PERMISSION_NOT_GRANTED')
    world.clock.now += 61_000
    assert.equal(await codeOf(world), 'INSTALLATION_NOT_FOUND')
  })

  test('gives no token for a repository that was renamed, nor for another that has taken its name', async (t) => {
    const world = await worldInUse(t)
    world.github.renameRepository('acme/app', 'app-before')
    assert.notEqual(await codeOf(world), 'OK')
    world.clock.now += 61_000
    assert.equal(await codeOf(world), 'INSTALLATION_NOT_FOUND')
    world.github.addRepository({ owner: 'acme', name: 'app' })
    world.clock.now += 61_000
    assert.equal(await codeOf(world), 'POLICY_NOT_FOUND')
  })
})

describe('the repository of the issuer list', () => {
  const OTHER = 'https://issuer.example.com'

  test('when another has taken its name, its list counts: the old token’s 404 is no absence', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    world.github.writeFile('acme/.github', LIST, `issuers: ['${world.issuer.issuer}']\n`)
    assert.equal(await codeOf(world), 'OK')
    world.github.renameRepository('acme/.github', 'dot-github')
    world.github.addRepository({ owner: 'acme', name: '.github' })
    world.github.writeFile('acme/.github', LIST, `issuers: ['${OTHER}']\n`)
    world.clock.now += 61_000
    assert.equal(await codeOf(world), 'ISSUER_NOT_ALLOWED')
  })

  test('when another has taken its name, a known absence ends within ten minutes', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    assert.equal(await codeOf(world), 'OK')
    world.github.renameRepository('acme/.github', 'dot-github')
    world.github.addRepository({ owner: 'acme', name: '.github' })
    world.github.writeFile('acme/.github', LIST, `issuers: ['${OTHER}']\n`)
    world.clock.now += 10 * 60_000
    assert.equal(await codeOf(world), 'ISSUER_NOT_ALLOWED')
  })

  test('that has no list costs one question a minute, and a new token for it each ten', async (t) => {
    const world = await startExchangeWorld(t, { latencyMs: 50 })
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    assert.equal(await codeOf(world), 'OK')
    for (const [minutes, operations, depth] of [
      [2, [MINT, READ, READ], 2],
      [8, [MINT, MINT, READ, READ, READ], 5],
      [2, [MINT, READ, READ], 2],
    ] as const) {
      world.clock.now += minutes * 60_000
      world.gitHubCalls()
      assert.equal(await codeOf(world), 'OK')
      const calls = world.gitHubCalls()
      const forExchange = calls.operations.filter((operation) => operation !== REVOKE)
      assert.deepEqual(forExchange.sort(), operations)
      assert.ok(calls.depth <= depth, `${calls.depth} deep`)
    }
  })

  test('that was renamed leaves the last list in force', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    world.github.writeFile('acme/.github', LIST, `issuers: ['${OTHER}']\n`)
    assert.equal(await codeOf(world), 'ISSUER_NOT_ALLOWED')
    world.github.renameRepository('acme/.github', 'dot-github')
    world.clock.now += 61_000
    assert.equal(await codeOf(world), 'ISSUER_NOT_ALLOWED')
    assert.equal(world.records.at(-1)?.issuerList?.stale, true)
  })

  test('of a new holder of the name is asked for, whatever was remembered of the former one’s', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    world.github.updateInstallation(world.installation, { repositories: ['app'] })
    assert.equal(await codeOf(world), 'OK')
    handOver(world)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    world.github.writeFile('acme/.github', LIST, `issuers: ['${OTHER}']\n`)
    world.clock.now += 1_000
    assert.equal(await codeOf(world), 'INSTALLATION_NOT_FOUND')
    assert.equal(await codeOf(world), 'ISSUER_NOT_ALLOWED')
  })
})
