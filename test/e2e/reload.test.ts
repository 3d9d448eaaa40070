import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitUntil } from '../store/support/redis-server.ts'
import { startFleet, type Fleet, type Replica } from './support/fleet.ts'

const TAKEN_OVER = 'the Apps are those of the configuration as it is now'
const IGNORED = 'is not valid and is ignored'

function count({ program }: Replica, words: string): number {
  return program.output().split(words).length - 1
}

/** Has the file of pools read again, and waits for what the service says of it. */
async function hangUp(replica: Replica, words = TAKEN_OVER): Promise<void> {
  const before = count(replica, words)
  replica.program.child.kill('SIGHUP')
  await waitUntil(() => count(replica, words) > before)
}

function operations({ github }: Fleet): readonly (string | undefined)[] {
  return github.calls.map(({ operation }) => operation)
}

/** The Apps of tokens that are alive. */
function liveApps({ github }: Fleet): readonly string[] {
  return github.liveTokens().map(({ installation }) => String(installation.app.id))
}

test('SIGHUP takes over another App; the one before is let go at the end', async (t) => {
  const fleet = await startFleet(t, 2)
  const [before, after] = fleet.apps
  assert.ok(before !== undefined && after !== undefined)
  await fleet.writePools({ acme: [before] })
  const replica = await fleet.startService()
  assert.equal((await replica.exchange()).app, before.id)

  await fleet.writePools({ acme: [after] })
  await hangUp(replica)
  assert.equal((await replica.exchange()).app, after.id)
  assert.doesNotMatch(JSON.stringify(await replica.readiness()), new RegExp(`"${before.id}"`))

  replica.program.child.kill('SIGTERM')
  assert.deepEqual(await replica.program.exit, { code: 0, signal: null })
  // One of each belongs to the caller: those that policies were read with are gone.
  assert.deepEqual([...liveApps(fleet)].sort(), [before.id, after.id].sort())
})

test('Apps that stay keep what they know', async (t) => {
  const fleet = await startFleet(t, 3)
  const [one, two, three] = fleet.apps
  assert.ok(one !== undefined && two !== undefined && three !== undefined)
  await fleet.writePools({ acme: [one, two] })
  const replica = await fleet.startService()
  await replica.exchange()
  await replica.exchange()

  await fleet.writePools({ acme: [two, one], 'acme-labs': [three] })
  fleet.github.clearCalls()
  await hangUp(replica)
  assert.equal((await replica.exchange()).status, 200)
  const asked = operations(fleet).filter((operation) => operation !== 'apps/get-authenticated')
  assert.deepEqual(asked, ['apps/create-installation-access-token'])
  // Only the key of the new App is new.
  assert.equal(operations(fleet).length - asked.length, 1)
})

test('a key that was replaced in its file is used from then on', async (t) => {
  const fleet = await startFleet(t, 2)
  const [app, other] = fleet.apps
  assert.ok(app !== undefined && other !== undefined)
  await fleet.writePools({ acme: [{ id: app.id, keyFile: other.keyFile }] })
  const replica = await fleet.startService()
  await replica.program.saw(/has not confirmed the key/)
  assert.equal((await replica.readiness())['status'], 503)

  await fleet.writePools({ acme: [app] })
  await hangUp(replica)
  assert.equal((await replica.exchange()).app, app.id)
  assert.equal((await replica.readiness())['status'], 200)
})

test('a file that is not valid is reported and changes nothing', async (t) => {
  const fleet = await startFleet(t, 1)
  const replica = await fleet.startService()
  await replica.exchange()
  await fleet.writePools(
    'orgs:\n  - name: acme\n    apps:\n      - app_id: 1\n        privatekey: CANARY-KEY\n',
  )
  await hangUp(replica, IGNORED)
  assert.match(replica.program.output(), /orgs\[0\]\.apps\[0\]/)
  fleet.github.clearCalls()
  assert.equal((await replica.exchange()).status, 200)
  assert.deepEqual(operations(fleet), ['apps/create-installation-access-token'])

  await fleet.writePools({ acme: fleet.apps })
  await hangUp(replica)
  assert.equal((await replica.exchange()).status, 200)
})

test('an exchange in flight ends with the App that it began with', async (t) => {
  const fleet = await startFleet(t, 2)
  const [before, after] = fleet.apps
  assert.ok(before !== undefined && after !== undefined)
  await fleet.writePools({ acme: [before] })
  const replica = await fleet.startService()
  let isAsked = (): void => undefined
  const asked = new Promise<void>((resolve) => (isAsked = resolve))
  fleet.github.fault({
    kind: 'slow',
    delayMs: 1_000,
    match: ({ operation }) => {
      if (operation !== 'repos/get-content') return false
      isAsked()
      return true
    },
  })
  const inFlight = replica.exchange()
  await asked
  await fleet.writePools({ acme: [after] })
  await hangUp(replica)
  assert.deepEqual(await inFlight, { status: 200, reason: undefined, app: before.id })
  assert.equal((await replica.exchange()).app, after.id)
})

for (const start of ['startService', 'startWebhook'] as const) {
  test(`SIGHUP while the modules are loaded is a reload once it listens: ${start}`, async (t) => {
    const fleet = await startFleet(t, 1)
    const hook = `let isSent = false
      export const resolve = (name, context, next) => {
        if (name === '#pkg/config' && !isSent) {
          isSent = true
          process.kill(process.pid, 'SIGHUP')
        }
        return next(name, context)
      }`
    const preload = `import { register } from 'node:module'
      register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)})`
    const replica = await fleet[start]({
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}`,
      GITHUB_WEBHOOK_SECRET: 'a secret of the webhook',
    })
    await waitUntil(() => count(replica, TAKEN_OVER) > 0)
    assert.equal(count(replica, TAKEN_OVER), 1)
  })
}

test('a storm of SIGHUP among exchanges harms none of them', async (t) => {
  const fleet = await startFleet(t, 3)
  const [one, two, three] = fleet.apps
  assert.ok(one !== undefined && two !== undefined && three !== undefined)
  const replica = await fleet.startService()
  await replica.exchange()
  const statuses: number[] = []
  for (let round = 0; round < 30; round++) {
    await fleet.writePools({ acme: round % 2 === 0 ? [one, two] : [two, three] })
    for (let n = 0; n < 10; n++) replica.program.child.kill('SIGHUP')
    statuses.push((await replica.exchange()).status)
  }
  assert.deepEqual([...new Set(statuses)], [200])
  await fleet.writePools({ acme: [one] })
  replica.program.child.kill('SIGHUP')
  // Those that came before are still worked off.
  await waitUntil(async () => !JSON.stringify(await replica.readiness()).includes(two.id))
  assert.equal((await replica.exchange()).app, one.id)

  replica.program.child.kill('SIGTERM')
  assert.equal((await replica.program.exit).code, 0)
  // Exactly those that callers got.
  assert.equal(fleet.github.liveTokens().length, statuses.length + 2)
})
