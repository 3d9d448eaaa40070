import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfiguration } from '../../cmd/app/configuration.ts'
import { connectToGitHub } from '../../cmd/github-connection.ts'
import { createLogger, NO_METRICS } from '#pkg/telemetry'
import { waitUntil } from '../store/support/redis-server.ts'
import { startFleet, type Fleet } from './support/fleet.ts'

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

test('the tokens of an App that is gone are revoked when no exchange can need them any more', async (t) => {
  const fleet = await startFleet(t, 2)
  const [one, two] = fleet.apps
  assert.ok(one !== undefined && two !== undefined)
  await fleet.writePools({ acme: [one] })
  const { connection, readPolicy, reload } = connect(fleet, 20)
  await connection.open()
  await readPolicy()
  assert.equal(fleet.github.liveTokens().length, 1)
  await fleet.writePools({ acme: [two] })
  await reload()
  await waitUntil(() => fleet.github.liveTokens().length === 0)
  await connection.close(1_000)
})

test('an App that is named again in time has kept its tokens', async (t) => {
  const fleet = await startFleet(t, 2)
  const [one, two] = fleet.apps
  assert.ok(one !== undefined && two !== undefined)
  await fleet.writePools({ acme: [one] })
  const { connection, readPolicy, reload } = connect(fleet, 60_000)
  await connection.open()
  await readPolicy()
  for (const app of [two, one]) {
    await fleet.writePools({ acme: [app] })
    await reload()
  }
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
  const fleet = await startFleet(t, 2)
  const [one, two] = fleet.apps
  assert.ok(one !== undefined && two !== undefined)
  await fleet.writePools({ acme: [one] })
  const { connection, readPolicy, reload } = connect(fleet, 60_000)
  await connection.open()
  await readPolicy()
  await fleet.writePools({ acme: [two] })
  await reload()
  fleet.github.uninstall({ id: fleet.installationOf(one) })
  connection.drop({ kind: 'owner', owner: 'acme' })
  await fleet.writePools({ acme: [one] })
  await reload()
  await assert.rejects(readPolicy(), { reason: 'installation_missing' })
  await connection.close(1_000)
})
