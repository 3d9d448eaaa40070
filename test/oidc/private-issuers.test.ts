import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { TokenVerifierOptions } from '#pkg/oidc'
import { DISCOVERY_PATH, json, KEYS_PATH, status } from './support/issuer-server.ts'
import { createWorld, ISSUER, publish, rejectsWith, type World } from './support/world.ts'

/** A world whose issuer has an address that is not of the internet. */
async function createPrivateWorld(
  t: TestContext,
  address: string,
  options: TokenVerifierOptions = {},
): Promise<World> {
  const world = await createWorld(t, options)
  world.network.name('issuer.test', address)
  world.network.serve(address, world.server.port)
  return world
}

describe('S15: private issuers', () => {
  test('an issuer of a listed origin may have a private address', async (t) => {
    for (const address of ['10.0.0.1', '192.168.0.1', '100.64.0.1', 'fd00::1', '127.0.0.1']) {
      const world = await createPrivateWorld(t, address, { privateIssuers: [ISSUER] })
      await world.verify()
    }
  })

  test('never a metadata service’s', async (t) => {
    for (const address of [
      '169.254.169.254',
      '168.63.129.16',
      'fd00:ec2::254',
      '100.100.100.200',
      '::ffff:169.254.169.254',
      '0.0.0.0',
      '224.0.0.1',
    ]) {
      const world = await createPrivateWorld(t, address, { privateIssuers: [ISSUER] })
      await rejectsWith(world.verify(), 'issuer_address_refused')
      assert.deepEqual(world.network.dialled, [])
    }
    const iss = 'https://metadata.google.internal'
    const world = await createWorld(t, { privateIssuers: [iss] })
    await rejectsWith(world.verify({ iss }), 'issuer_address_refused')
    assert.deepEqual(world.network.lookups, [])
  })

  test('origins are exact: scheme, host and port', async (t) => {
    for (const entry of [
      'https://issuer.test:8443',
      'https://other.test',
      'https://sub.issuer.test',
      'https://test',
    ]) {
      const world = await createPrivateWorld(t, '10.0.0.1', { privateIssuers: [entry] })
      await rejectsWith(world.verify(), 'issuer_address_refused')
      assert.deepEqual(world.network.dialled, [])
    }
  })

  test('an entry with a path opens that issuer alone', async (t) => {
    const issuer = `${ISSUER}/_services/token`
    const world = await createPrivateWorld(t, '10.0.0.1', { privateIssuers: [issuer] })
    world.server.on(
      `/_services/token${DISCOVERY_PATH}`,
      json({ issuer, jwks_uri: `${ISSUER}${KEYS_PATH}`, id_token_signing_alg_values_supported: ['ES256'] }),
    )
    await world.verify({ iss: issuer })
    for (const iss of [
      ISSUER,
      `${ISSUER}/`,
      `${issuer}/`,
      `${ISSUER}/_services`,
      `${ISSUER}/_services/TOKEN`,
    ]) {
      await rejectsWith(world.verify({ iss }), 'issuer_address_refused')
    }
  })

  test('what is open to one issuer is not open to another that leads there', async (t) => {
    const world = await createWorld(t, { privateIssuers: ['https://other.test'] })
    world.network.name('other.test', '10.0.0.1')
    world.network.serve('10.0.0.1', world.server.port)
    publish(world.server, [world.key], { jwksUri: 'https://other.test/keys' })
    await rejectsWith(world.verify(), 'issuer_address_refused')
    world.advance(10_000)
    world.server.on(DISCOVERY_PATH, status(302, { location: 'https://other.test/doc' }))
    await rejectsWith(world.verify(), 'issuer_address_refused')
    assert.ok(!world.network.dialled.includes('10.0.0.1'))
  })

  test('a private issuer may lead to other listed origins, to the internet, and nowhere else', async (t) => {
    const world = await createPrivateWorld(t, '10.0.0.1', { privateIssuers: [ISSUER, 'https://other.test'] })
    for (const [name, address] of [
      ['other.test', '10.0.0.2'],
      ['third.test', '10.0.0.3'],
      ['localhost', '127.0.0.1'],
    ] as const) {
      world.network.name(name, address)
      world.network.serve(address, world.server.port)
    }
    publish(world.server, [world.key], { jwksUri: 'https://other.test/keys' })
    await world.verify()
    for (const jwksUri of ['https://third.test/keys', 'https://localhost/keys', 'https://10.0.0.3/keys']) {
      publish(world.server, [world.key], { jwksUri })
      world.advance(25 * 60 * 60_000)
      await rejectsWith(world.verify(), 'issuer_address_refused')
    }
  })
})
