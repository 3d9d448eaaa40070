import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { APP_KEY, DOMAIN, startDeployment } from './support/deployment.ts'
import { startProgram } from './support/service-process.ts'

/** What only some configurations need, and what costs every start a tenth of a second or more. */
const OPTIONAL = ['@aws-sdk', '@azure', 'google-auth-library', 'ioredis', 'zod']
const READS_CONFIGURATION = 'test/e2e/support/read-configuration.ts'

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'loaded-packages-'))
  t.after(() => {
    rmSync(folder, { recursive: true })
  })
  return folder
}

/** The packages, or their scopes, that a process has loaded which wrote its coverage to `folder`. */
function packagesIn(folder: string): ReadonlySet<string> {
  const packages = new Set<string>()
  for (const file of readdirSync(folder)) {
    const { result } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
      readonly result: readonly { readonly url: string }[]
    }
    for (const { url } of result) {
      const name = /^.*\/node_modules\/([^/]+)/.exec(url)?.[1]
      if (name !== undefined) packages.add(name)
    }
  }
  return packages
}

test('the service loads no package that its configuration does not need', async (t) => {
  const folder = temporaryFolder(t)
  const { app, url, token } = await startDeployment(t, { NODE_V8_COVERAGE: folder })
  const response = await fetch(`${url}/sts/exchange?scope=acme/app&identity=reader`, {
    headers: { authorization: `Bearer ${await token()}` },
  })
  assert.equal(response.status, 200)
  app.child.kill('SIGTERM')
  assert.equal((await app.exit).code, 0)
  const loaded = packagesIn(folder)
  assert.ok(loaded.has('pino'), 'nothing was seen')
  assert.deepEqual(
    OPTIONAL.filter((name) => loaded.has(name)),
    [],
  )
})

test('a schema library is loaded for a file of pools, and for no other configuration', async (t) => {
  const folder = temporaryFolder(t)
  const pools = join(folder, 'pools.yaml')
  const app = { app_id: '1', private_key: APP_KEY.privateKey }
  writeFileSync(pools, JSON.stringify({ orgs: [{ name: '*', apps: [app] }] }))
  const single = { GITHUB_APP_IDS: '1', APP_SECRET_CERTIFICATE_ENV_VAR: APP_KEY.privateKey }
  for (const [name, apps, isLoaded] of [
    ['single', single, false],
    ['pools', { APP_CONFIG_FILE: pools }, true],
  ] as const) {
    const coverage = join(folder, name)
    const reading = startProgram(t, READS_CONFIGURATION, {
      PORT: '0',
      STS_DOMAIN: DOMAIN,
      NODE_V8_COVERAGE: coverage,
      ...apps,
    })
    assert.equal((await reading.exit).code, 0, reading.output())
    const loaded = packagesIn(coverage)
    assert.ok(loaded.has('yaml'), 'nothing was seen')
    assert.equal(loaded.has('zod'), isLoaded)
  }
})
