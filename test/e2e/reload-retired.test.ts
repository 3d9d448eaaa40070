import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { readConfiguration } from '../../cmd/app/configuration.ts'
import { connectToGitHub } from '../../cmd/github-connection.ts'
import { createLogger, NO_METRICS } from '#pkg/telemetry'
import { waitUntil } from '../store/support/redis-server.ts'
import { startFleet, type Fleet, type FleetApp } from './support/fleet.ts'

const { signal } = new AbortController()

/** Connected as the service does it, but an App that is gone is let go soon. */
function connect(fleet: Fleet, retiredAfterMs: number) {
  const read = () => {
    const result = readConfiguration({
      PORT: '0',
      STS_DOMAIN: 'sts.example.com',
      APP_CONFIG_FILE: fleet.poolFile,
      GITHUB_BASE_URL: fleet.github.baseUrl,
    })
    assert.ok(result.ok)
    return result.config
  }
  const { github, quota } = read()
  const logger = createLogger({ level: 'error', destination: { write: () => undefined } })
  const connection = connectToGitHub({ github, quota, logger, metrics: NO_METRICS, retiredAfterMs })
  const readPolicy = async (): Promise<void> => {
    const target = { owner: 'acme', repository: 'app' }
    const [app] = connection.apps()
    assert.ok(app !== undefined)
    const installation = await app.findInstallation(target, { signal })
    await app.readFile({ ...target, installation, path: 'x', etag: undefined }, { signal })
  }
  return { connection, readPolicy, reload: () => connection.replacePools(read().github.pools) }
}

/** Connected as the service does it to a fleet whose first App alone is configured and has read a policy. */
async function startWithFirst(t: TestContext, retiredAfterMs: number) {
  const fleet = await startFleet(t, 2)
  const [one, two] = fleet.apps
  assert.ok(one !== undefined && two !== undefined)
  await fleet.writePools({ acme: [one] })
  const { connection, readPolicy, reload } = connect(fleet, retiredAfterMs)
  await connection.open()
  await readPolicy()
  const configure = async (app: FleetApp): Promise<void> => {
    await fleet.writePools({ acme: [app] })
    await reload()
  }
  return { fleet, one, two, connection, readPolicy, configure }
}

test('the tokens of an App that is gone are revoked when no exchange can need them any more', async (t) => {
  const { fleet, two, connection, configure } = await startWithFirst(t, 20)
  assert.equal(fleet.github.liveTokens().length, 1)
  await configure(two)
  await waitUntil(() => fleet.github.liveTokens().length === 0)
  await connection.close(1_000)
})

test('an App that is named again in time has kept its tokens', async (t) => {
  const { fleet, one, two, connection, readPolicy, configure } = await startWithFirst(t, 60_000)
  for (const app of [two, one]) await configure(app)
  fleet.github.clearCalls()
  await readPolicy()
  assert.deepEqual(
    fleet.github.calls.map(({ operation }) => operation),
    ['repos/get-content'],
  )
  await connection.close(1_000)
  assert.equal(fleet.github.liveTokens().length, 0)
})

test('an App that is named again does not believe an installation that was removed in between', async (t) => {
  const { fleet, one, two, connection, readPolicy, configure } = await startWithFirst(t, 60_000)
  await configure(two)
  fleet.github.uninstall({ id: fleet.installationOf(one) })
  connection.drop({ kind: 'owner', owner: 'acme' })
  await configure(one)
  await assert.rejects(readPolicy(), { reason: 'installation_missing' })
  await connection.close(1_000)
})
