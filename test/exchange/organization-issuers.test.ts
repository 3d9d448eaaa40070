import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { StsError } from '#pkg/errors'
import { createOrganizationIssuers } from '#pkg/exchange'
import type { FileReader } from '../../pkg/exchange/policy-files.ts'
import {
  policyFor,
  startExchangeWorld,
  type ExchangeWorld,
  type WorldOptions,
} from './support/exchange-world.ts'

const LIST = '.github/chainguard/trusted-token-issuers.yaml'
const OTHER = 'https://issuer.example.com'
const isListRead = (request: { readonly target: string }): boolean =>
  request.target.includes('trusted-token-issuers')

async function worldWith(
  t: TestContext,
  list: string | undefined,
  options: WorldOptions = {},
): Promise<ExchangeWorld> {
  const world = await startExchangeWorld(t, options)
  world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
  if (list !== undefined) world.github.writeFile('acme/.github', LIST, list)
  return world
}

async function codeOf(world: ExchangeWorld, identity = 'reader'): Promise<string> {
  const outcome = await world.ask({ identity })
  return outcome.ok ? 'OK' : outcome.denial.code
}

describe('the organization’s issuer list', () => {
  test('absent: every issuer may', async (t) => {
    const world = await worldWith(t, undefined)
    assert.equal(await codeOf(world), 'OK')
    assert.equal(world.records[0]?.issuerList?.source, 'absent')
  })

  test('without the issuer: nobody may, and what the policy says stays untold', async (t) => {
    const world = await worldWith(t, `issuers: ['${OTHER}']\n`)
    assert.equal(await codeOf(world), 'ISSUER_NOT_ALLOWED')
    assert.equal(await codeOf(world, 'nobody'), 'ISSUER_NOT_ALLOWED')
  })

  test('with the issuer: it may', async (t) => {
    const world = await startExchangeWorld(t)
    world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
    world.github.writeFile('acme/.github', LIST, `mode: enforce\nissuers: ['${world.issuer.issuer}']\n`)
    assert.equal(await codeOf(world), 'OK')
  })

  test('in audit mode: it may, and the record says what would have been denied', async (t) => {
    const world = await worldWith(t, `mode: audit\nissuers: ['${OTHER}']\n`)
    assert.equal(await codeOf(world), 'OK')
    assert.deepEqual(world.records[0]?.issuerList, {
      source: 'present',
      mode: 'audit',
      allowed: false,
      stale: false,
    })
  })

  test('broken from the start: nobody may', async (t) => {
    const world = await worldWith(t, 'issuers: []\n')
    assert.equal(await codeOf(world), 'ISSUER_LIST_INVALID')
  })

  test('broken later: the last good one stays in force', async (t) => {
    const world = await worldWith(t, `issuers: ['${OTHER}']\n`)
    assert.equal(await codeOf(world), 'ISSUER_NOT_ALLOWED')
    world.github.writeFile('acme/.github', LIST, 'issuers: [\n')
    world.clock.now += 61_000
    assert.equal(await codeOf(world), 'ISSUER_NOT_ALLOWED')
  })

  test('that is a folder: nobody may', async (t) => {
    const world = await worldWith(t, undefined)
    world.github.writeFile('acme/.github', `${LIST}/x`, 'y')
    assert.equal(await codeOf(world), 'ISSUER_LIST_INVALID')
  })

  test('in a repository that the App cannot see: every issuer may, and the record says so', async (t) => {
    const world = await worldWith(t, `issuers: ['${OTHER}']\n`)
    world.github.updateInstallation(world.installation, { repositories: ['app'] })
    assert.equal(await codeOf(world), 'OK')
    assert.equal(world.records[0]?.issuerList?.source, 'unreadable')
  })

  for (const required of ['acme', '*']) {
    for (const found of ['absent', 'unreadable']) {
      test(`required of ${required} and ${found}: nobody may`, async (t) => {
        const world = await worldWith(t, undefined, { requiredFor: new Set([required]) })
        if (found === 'unreadable') {
          world.github.updateInstallation(world.installation, { repositories: ['app'] })
        }
        const outcome = await world.ask({ scope: 'ACME/app' })
        assert.ok(!outcome.ok)
        assert.equal(outcome.denial.code, 'ISSUER_LIST_INVALID')
        assert.deepEqual(world.records[0]?.detail, { found })
      })
    }
  }

  test('required of another owner does not concern this one', async (t) => {
    const world = await worldWith(t, undefined, { requiredFor: new Set(['initech']) })
    assert.equal(await codeOf(world), 'OK')
  })

  test('that cannot be read is no permission', async (t) => {
    const world = await worldWith(t, undefined)
    world.github.fault({ kind: 'status', status: 500, match: isListRead })
    assert.equal(await codeOf(world), 'UPSTREAM_UNAVAILABLE')
    world.github.clearFaults()
    world.clock.now += 2_000
    world.github.fault({ kind: 'status', status: 403, headers: { 'retry-after': '30' }, match: isListRead })
    assert.equal(await codeOf(world), 'RATE_LIMITED')
  })

  for (const { name, effect, pauseMs } of [
    { name: '2 s', effect: { kind: 'status', status: 500 }, pauseMs: 2_000 },
    {
      name: 'as long as GitHub says',
      effect: { kind: 'status', status: 403, headers: { 'retry-after': '30' } },
      pauseMs: 30_000,
    },
    {
      name: 'a minute at most',
      effect: { kind: 'status', status: 403, headers: { 'retry-after': '3000' } },
      pauseMs: 60_000,
    },
  ] as const) {
    test(`that cannot be read is not asked for again for ${name}`, async (t) => {
      const world = await worldWith(t, undefined)
      const mend = world.github.fault({ ...effect, match: isListRead })
      const listReads = (): number => world.github.calls.filter(({ path }) => path.includes(LIST)).length
      const first = await codeOf(world)
      const asked = listReads()
      assert.ok(asked > 0)
      mend()
      world.clock.now += pauseMs - 1
      for (const scope of ['acme/app', 'ACME/docs']) {
        const outcome = await world.ask({ scope })
        assert.ok(!outcome.ok)
        assert.equal(outcome.denial.code, first)
      }
      assert.equal(listReads(), asked)
      world.clock.now += 1
      await codeOf(world)
      assert.equal(listReads(), asked + 1)
    })
  }

  test('that a caller did not wait for is asked for by the next one', async (t) => {
    const world = await worldWith(t, undefined)
    const caller = new AbortController()
    const mend = world.github.fault({
      kind: 'timeout',
      match: (request) => {
        if (isListRead(request)) caller.abort(new StsError('caller_gone'))
        return isListRead(request)
      },
    })
    const outcome = await world.ask({ signal: caller.signal })
    assert.ok(!outcome.ok)
    assert.equal(outcome.denial.code, 'DEADLINE_EXCEEDED')
    mend()
    assert.equal(await codeOf(world), 'OK')
  })

  test('that cannot be read is asked for again once something is said to have changed', async () => {
    const issuers = createOrganizationIssuers({
      organizationPolicyRepository: '.github',
      requiredFor: new Set(),
      allowLoopback: false,
      freshForMs: 60_000,
      now: () => 0,
    })
    let reads = 0
    const reader: FileReader = {
      accountId: 1,
      read: () => Promise.reject(new StsError(++reads === 1 ? 'github_network' : 'github_timeout')),
      list: () => Promise.resolve(undefined),
    }
    const reasonFor = async (owner: string, accountId = 1): Promise<unknown> => {
      const { signal } = new AbortController()
      const deciding = issuers.decide(owner, OTHER, { ...reader, accountId }, signal)
      return await deciding.catch((error: unknown) => error instanceof StsError && error.reason)
    }
    assert.equal(await reasonFor('acme'), 'github_network')
    assert.equal(await reasonFor('Acme'), 'github_network', 'the same failure')
    assert.equal(reads, 1)
    for (const change of [
      () => {
        issuers.expire('ACME')
      },
      () => {
        issuers.doubtAll()
      },
    ]) {
      change()
      assert.equal(await reasonFor('acme'), 'github_timeout')
    }
    assert.equal(reads, 3)
    assert.equal(await reasonFor('acme', 2), 'github_timeout', 'nor is it that of another account')
    assert.equal(await reasonFor('initech'), 'github_timeout')
    assert.equal(reads, 5)
  })

  test('behind a 422 that is a rate limit is no permission', async (t) => {
    const world = await worldWith(t, undefined)
    world.github.fault({
      kind: 'status',
      status: 422,
      headers: { 'x-ratelimit-remaining': '0' },
      match: (request) => request.body.toString().includes('".github"'),
    })
    assert.equal(await codeOf(world), 'RATE_LIMITED')
  })

  test('and its known absence serve for an hour while GitHub cannot be asked', async (t) => {
    const world = await worldWith(t, undefined)
    assert.equal(await codeOf(world), 'OK')
    world.github.fault({ kind: 'status', status: 500, match: isListRead })
    world.clock.now += 50 * 60_000
    assert.equal(await codeOf(world), 'OK')
    world.clock.now += 11 * 60_000
    assert.equal(await codeOf(world), 'UPSTREAM_UNAVAILABLE')
  })

  for (const [name, listed] of [
    ['keeps out whom it kept out', false],
    ['lets in whom it let in', true],
  ] as const) {
    test(`that was in force ${name} for an hour while GitHub cannot be asked`, async (t) => {
      const world = await worldWith(t, undefined)
      world.github.writeFile('acme/.github', LIST, `issuers: ['${listed ? world.issuer.issuer : OTHER}']\n`)
      const verdict = listed ? 'OK' : 'ISSUER_NOT_ALLOWED'
      assert.equal(await codeOf(world), verdict)
      world.github.fault({ kind: 'status', status: 500, match: isListRead })
      for (let minutes = 0; minutes < 50; minutes += 10) {
        world.clock.now += 10 * 60_000
        assert.equal(await codeOf(world), verdict)
        assert.equal(world.records.at(-1)?.issuerList?.stale, true)
      }
      world.clock.now += 11 * 60_000
      assert.equal(await codeOf(world), 'UPSTREAM_UNAVAILABLE')
    })
  }

  test('that was out of sight is no permission once that cannot be confirmed', async (t) => {
    const world = await worldWith(t, undefined)
    world.github.updateInstallation(world.installation, { repositories: ['app'] })
    assert.equal(await codeOf(world), 'OK')
    const isListToken = ({ body }: { readonly body: Buffer }): boolean =>
      body.toString().includes('".github"')
    world.github.fault({ kind: 'status', status: 503, match: isListToken })
    world.clock.now += 61_000
    assert.equal(await codeOf(world), 'UPSTREAM_UNAVAILABLE')
    world.clock.now += 2_000
    assert.equal(await codeOf(world), 'UPSTREAM_UNAVAILABLE')
  })

  const listTokenTroubles = [
    { name: 'a 422 with a time to wait', status: 422, headers: { 'retry-after': '5' }, code: 'RATE_LIMITED' },
    { name: 'a 403', status: 403, headers: {}, code: 'UPSTREAM_UNAVAILABLE' },
    { name: 'a 401', status: 401, headers: {}, code: 'UPSTREAM_UNAVAILABLE' },
    { name: 'a 500', status: 500, headers: {}, code: 'UPSTREAM_UNAVAILABLE' },
  ] as const
  for (const { name, status, headers, code } of listTokenTroubles) {
    test(`whose read token meets ${name} is no permission`, async (t) => {
      const world = await worldWith(t, undefined)
      world.github.fault({ kind: 'status', status, headers, match: ({ body }) => body.includes('".github"') })
      assert.equal(await codeOf(world), code)
    })
  }

  const listAnswers = [
    { name: 'a 403', effect: { kind: 'status', status: 403 } },
    { name: 'a 401', effect: { kind: 'status', status: 401 } },
    { name: 'a 410', effect: { kind: 'status', status: 410 } },
    {
      name: 'a 404 that is a rate limit',
      effect: { kind: 'status', status: 404, headers: { 'retry-after': '5' } },
    },
    { name: 'a 304 that nobody asked for', effect: { kind: 'status', status: 304 } },
    { name: 'a 204', effect: { kind: 'status', status: 204 } },
    { name: 'an empty 200', effect: { kind: 'status', status: 200, body: '' } },
    { name: 'a reset', effect: { kind: 'reset' } },
    { name: 'half a body', effect: { kind: 'cut_body' } },
    { name: 'other types', effect: { kind: 'wrong_type' } },
  ] as const
  for (const { name, effect } of listAnswers) {
    test(`that GitHub answers with ${name} is no permission`, async (t) => {
      const world = await worldWith(t, `issuers: ['${OTHER}']\n`)
      world.github.fault({ ...effect, match: isListRead })
      assert.match(await codeOf(world), /^(UPSTREAM_UNAVAILABLE|RATE_LIMITED)$/)
      world.github.clearFaults()
      world.clock.now += 5_000
      assert.equal(await codeOf(world), 'ISSUER_NOT_ALLOWED', 'and not remembered as an absence')
    })
  }
})
