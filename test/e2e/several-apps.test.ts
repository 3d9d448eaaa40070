import assert from 'node:assert/strict'
import { test } from 'node:test'
import { byClientId, startFleet } from './support/fleet.ts'
import { startProgram } from './support/service-process.ts'

test('an owner is served by the Apps of its pool, whatever its letter case', async (t) => {
  const fleet = await startFleet(t, 2)
  const [own, others] = fleet.apps
  assert.ok(own !== undefined && others !== undefined)
  await fleet.writePools({ AcMe: [byClientId(own)], '*': [others] })
  const replica = await fleet.startService()

  for (const scope of ['acme/app', 'ACME/app', 'Acme/App']) {
    assert.deepEqual(await replica.exchange('reader', scope), { status: 200, reason: undefined, app: own.id })
  }
  const asked = fleet.github.calls.filter(({ path }) => !path.endsWith('/app'))
  const installation = String(fleet.installationOf(others))
  assert.ok(
    !asked.some(({ path }) => path.includes(`/installations/${installation}/`)),
    'the other App is not used',
  )
})

test('owners without a pool of their own are served by the Apps of *', async (t) => {
  const fleet = await startFleet(t, 2)
  const [own, others] = fleet.apps
  assert.ok(own !== undefined && others !== undefined)
  await fleet.writePools({ 'acme-labs': [own], '*': [others] })
  const replica = await fleet.startService()
  assert.equal((await replica.exchange()).app, others.id)
})

test('an owner without a pool is denied before GitHub is asked', async (t) => {
  const fleet = await startFleet(t, 1)
  await fleet.writePools({ 'acme-labs': fleet.apps })
  const replica = await fleet.startService()
  const { program } = replica
  await program.saw(/listening/)
  const isOfTheStart = ({ path }: { readonly path: string }): boolean => path.endsWith('/app')
  const denied = await replica.exchange()
  assert.deepEqual(denied, { status: 404, reason: 'APP_NOT_CONFIGURED', app: undefined })
  assert.deepEqual(
    fleet.github.calls.filter((call) => !isOfTheStart(call)),
    [],
  )
})

test('an App whose key GitHub refuses is named, and the others serve', async (t) => {
  const fleet = await startFleet(t, 2)
  const [broken, good] = fleet.apps
  assert.ok(broken !== undefined && good !== undefined)
  // Its key is that of the other.
  await fleet.writePools({ acme: [{ id: broken.id, keyFile: good.keyFile }, good] })
  const replica = await fleet.startService()
  const [line] = await replica.program.saw(/.*has not confirmed the key.*/)
  assert.equal((JSON.parse(line) as { appId: string }).appId, broken.id)

  const { status, ...body } = await replica.readiness()
  assert.equal(status, 200)
  assert.match(JSON.stringify(body), new RegExp(`"${broken.id}":"app_key_refused"`))
  for (let n = 0; n < 4; n++) {
    assert.deepEqual(await replica.exchange(), { status: 200, reason: undefined, app: good.id })
  }
})

test('with no App whose key GitHub takes the service is not ready, and says of each why', async (t) => {
  const fleet = await startFleet(t, 2)
  const [one, two] = fleet.apps
  assert.ok(one !== undefined && two !== undefined)
  await fleet.writePools({
    acme: [
      { id: one.id, keyFile: two.keyFile },
      { id: two.id, keyFile: one.keyFile },
    ],
  })
  const replica = await fleet.startService()
  for (const { id } of [one, two]) {
    await replica.program.saw(new RegExp(`"appId":"${id}"[^\\n]*has not confirmed the key`))
  }
  const { status, ...body } = await replica.readiness()
  assert.equal(status, 503)
  for (const { id } of [one, two]) assert.match(JSON.stringify(body), new RegExp(`"${id}":"app_key_refused"`))
  assert.equal((await replica.exchange()).status, 503)
})

test('a package that a key service needs and that is not there ends the start, which says what to install', async (t) => {
  const hook = `export const resolve = (name, context, next) => {
    if (name === '@aws-sdk/client-kms') throw Object.assign(new Error('not found'), { code: 'ERR_MODULE_NOT_FOUND' })
    return next(name, context)
  }`
  const preload = `import { register } from 'node:module'
    register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)})`
  const program = startProgram(t, 'cmd/app/main.ts', {
    PORT: '0',
    STS_HOST: '127.0.0.1',
    STS_DOMAIN: 'sts.example.com',
    GITHUB_APP_IDS: '1',
    KMS_PROVIDER: 'aws',
    KMS_KEYS: 'alias/sts',
    AWS_REGION: 'eu-central-1',
    METRICS: 'false',
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}`,
  })
  assert.equal((await program.exit).code, 1)
  assert.match(program.output(), /npm install @aws-sdk\/client-kms/)
})
