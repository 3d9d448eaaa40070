import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import {
  createConnectionPool,
  createGitHubApp,
  createGitHubLimits,
  createGrant,
  type GitHubLimits,
} from '#pkg/github'
import { createPemSigner } from '#pkg/signer'
import { GITHUB_SECONDARY_LIMITS, secondaryRateLimit } from '../../emulator/index.ts'
import { startReviewWorld } from './support/review.ts'
import { startScriptedServer } from './support/scripted-server.ts'
import {
  because,
  KEY,
  MINT,
  patient,
  POLICY_PATH,
  READ,
  startWorld,
  TARGET,
  type World,
  type WorldOptions,
} from './support/world.ts'

const grant = createGrant({ issues: 'read' }, ['widgets'])
const signer = createPemSigner(KEY.privateKey)
const github = { secondaryLimits: GITHUB_SECONDARY_LIMITS }

/** The limits of one App, whose clock is that of the world once there is one. */
function createLimits(secondary: boolean): {
  readonly limits: GitHubLimits
  readonly follow: (world: World) => void
} {
  let now = (): number => Date.parse('2026-08-01T12:00:00Z')
  return {
    limits: createGitHubLimits({ now: () => now(), secondary }),
    follow: (world) => {
      now = world.now
    },
  }
}

describe('an App within GitHub’s limits', () => {
  const closers: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0)) await close()
  })

  async function start(secondary: boolean, options: WorldOptions = {}) {
    const { limits, follow } = createLimits(secondary)
    const world = await startWorld({ ...options, app: { limits } })
    closers.push(world.close)
    follow(world)
    const installation = await world.install()
    const mint = () => world.app.mintToken({ grant, installation, target: TARGET }, patient)
    const candidate = { appId: String(world.appId), installationId: world.installationId }
    return { world, limits, installation, mint, candidate }
  }

  it('learns what is left from what it reads, and nothing from a mint', async () => {
    const { world, limits, installation, mint } = await start(false)
    await mint()
    assert.equal(limits.quotaOf(world.installationId), undefined)
    await world.app.readFile({ ...TARGET, installation, path: POLICY_PATH }, patient)
    const { limit, remaining } = limits.quotaOf(world.installationId) ?? {}
    assert.deepEqual([limit, remaining], [5_000, 4_999])
  })

  it('does not take the quota of anonymous callers for its own', async () => {
    const { world, limits, installation } = await start(false)
    const headers = {
      'x-ratelimit-limit': '60',
      'x-ratelimit-remaining': '59',
      'x-ratelimit-reset': String(Math.floor(world.now() / 1_000) + 600),
    }
    for (const [effect, what] of [
      [{ kind: 'status', status: 401, headers }, 'a refused token'],
      [
        { kind: 'status', status: 404, headers: { ...headers, 'x-ratelimit-resource': 'search' } },
        'a search',
      ],
    ] as const) {
      const mend = world.github.fault({ ...effect, match: READ })
      await world.app.readFile({ ...TARGET, installation, path: POLICY_PATH }, patient).catch(() => undefined)
      mend()
      assert.equal(limits.quotaOf(world.installationId), undefined, what)
    }
  })

  it('knows that it has to wait after a mint that met a limit', async () => {
    const { world, limits, mint, candidate } = await start(false)
    world.failNext(MINT, secondaryRateLimit(90))
    await assert.rejects(mint(), because('github_rate_limited'))
    assert.equal(limits.waitMs(candidate), 90_000)
    assert.equal(limits.waitMs({ ...candidate, installationId: 1 }), 90_000)
  })

  it('knows that its installation has to wait after a read that met a limit', async () => {
    const { world, limits, installation, candidate } = await start(false)
    world.failNext(READ, secondaryRateLimit(90))
    await assert.rejects(
      world.app.readFile({ ...TARGET, installation, path: POLICY_PATH }, patient),
      because('github_rate_limited'),
    )
    assert.equal(limits.waitMs(candidate), 90_000)
    assert.equal(limits.waitMs({ ...candidate, installationId: 1 }), 0)
  })

  for (const [secondary, calls] of [
    [true, 180],
    [false, 181],
  ] as const) {
    const what = secondary
      ? 'asks for no mint that GitHub would refuse'
      : 'leaves the refusal to a GitHub whose limits it does not know'
    it(what, async () => {
      const { world, mint } = await start(secondary, { github })
      world.takeCalls()
      for (let count = 0; count < 180; count++) await mint()
      await assert.rejects(mint(), (error) => {
        assert.ok(because('github_rate_limited')(error))
        return true
      })
      assert.equal(world.takeCalls().length, calls)
      world.advance(61_000)
      await mint()
    })
  }

  it('leaves callers half of its mints, whatever repositories are made up', async () => {
    const { world, installation, mint } = await start(true, { github })
    const read = (repository: string, isGuess = true) =>
      world.app.readFile(
        { owner: 'acme', repository, installation, path: POLICY_PATH },
        { ...patient, isGuess },
      )
    for (let count = 0; count < 90; count++) {
      assert.deepEqual(await read(`made-up-${count}`), { kind: 'unreadable' })
    }
    world.takeCalls()
    await assert.rejects(read('made-up'), because('github_rate_limited'))
    assert.deepEqual(world.takeCalls(), [])
    assert.deepEqual(await read('not-made-up', false), { kind: 'unreadable' })
    for (let count = 0; count < 89; count++) await mint()
  })

  it('makes no check run that GitHub would refuse', async () => {
    const { limits, follow } = createLimits(true)
    const world = await startReviewWorld({ github, app: { limits } })
    closers.push(world.close)
    follow(world)
    const run = { name: 'policy', headSha: world.headOf('main') } as const
    const create = () => world.app.reviews.createCheckRun(world.target, run, patient)
    for (let count = 0; count < 80; count++) await create()
    world.takeCalls()
    await assert.rejects(create(), because('github_rate_limited'))
    assert.deepEqual(world.takeCalls(), [])
  })

  it('refuses calls for an owner for whom too many wait, others not, and never a revocation', async () => {
    const { world, limits, installation, mint } = await start(false)
    const token = await mint()
    const read = () => world.app.readFile({ ...TARGET, installation, path: POLICY_PATH }, patient)
    await read()
    const full = { refusable: true, owner: 'acme', timeoutMs: 60_000, signal: patient.signal }
    const waiting = Array.from({ length: 1_100 }, () => limits.gate.enter(full))
    await assert.rejects(mint(), because('overloaded'))
    await assert.rejects(read(), because('overloaded'))
    const revoked = Promise.all(Array.from({ length: 1_001 }, () => world.app.revokeToken(token)))
    const checked = world.app.checkKey(patient)
    await new Promise(setImmediate)
    assert.equal(limits.gate.waiting, 1_000 + 1_001 + 1)
    waiting.forEach(() => {
      limits.gate.leave()
    })
    await checked
    assert.ok((await revoked).every((isDead) => isDead))
  })

  it('has 100 calls under way at most, together with the other Apps', async () => {
    let open = 0
    let most = 0
    const server = await startScriptedServer((_, response) => {
      most = Math.max(most, ++open)
      setTimeout(() => {
        open--
        response.end('{}')
      }, 20)
    })
    closers.push(server.close)
    const { limits } = createLimits(false)
    const apps = ['1', '2'].map((appId) => {
      const dispatcher = createConnectionPool()
      closers.push(() => dispatcher.destroy())
      return createGitHubApp({ appId, signer, baseUrl: server.url, dispatcher, limits })
    })
    const checks = apps.flatMap((app) =>
      Array.from({ length: 100 }, () => app.checkKey({ signal: new AbortController().signal })),
    )
    await Promise.all(checks)
    assert.equal(server.requests.length, 200)
    assert.ok(most <= 100, `${most} at once`)
    assert.deepEqual([limits.gate.inFlight, limits.gate.waiting], [0, 0])
  })
})
