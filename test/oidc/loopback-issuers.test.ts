import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { createTokenVerifier } from '#pkg/oidc'
import { CERTIFICATE, startIssuerServer, type IssuerServer } from './support/issuer-server.ts'
import { createWorld, PUBLIC_ADDRESS, publish, rejectsWith, verifyWith, type World } from './support/world.ts'

describe('S17: loopback issuers', () => {
  /** A verifier that dials for real, and an issuer at a port of this machine. */
  async function createLoopback(
    t: TestContext,
    allowLoopbackIssuers: boolean,
  ): Promise<{ world: World; server: IssuerServer; issuer: string }> {
    const server = await startIssuerServer(t, { plain: true })
    const issuer = `http://127.0.0.1:${server.port}`
    const world = await createWorld(t)
    publish(server, [world.key], { issuer })
    const verifier = createTokenVerifier({ allowLoopbackIssuers, issuerCa: CERTIFICATE.cert, now: world.now })
    t.after(() => {
      verifier.close()
    })
    return { world: { ...world, verifier }, server, issuer }
  }

  test('are refused unless they are allowed', async (t) => {
    const { world, server, issuer } = await createLoopback(t, false)
    await rejectsWith(verifyWith(world, world.verifier, { iss: issuer }), 'issuer_syntax')
    await rejectsWith(
      verifyWith(world, world.verifier, { iss: issuer.replace('http:', 'https:') }),
      'issuer_address_refused',
    )
    assert.equal(server.connections(), 0)
  })

  test('are served over plain http, by address and by name', async (t) => {
    const { world, server, issuer } = await createLoopback(t, true)
    await verifyWith(world, world.verifier, { iss: issuer })
    const named = `http://localhost:${server.port}`
    publish(server, [world.key], { issuer: named })
    await verifyWith(world, world.verifier, { iss: named })
  })

  test('are compared byte for byte', async (t) => {
    const { world, server } = await createLoopback(t, true)
    for (const host of [
      '127.1',
      '0x7f.1',
      '127.0.0.2',
      'LOCALHOST',
      'localhost.',
      '[0:0:0:0:0:0:0:1]',
      '[::ffff:127.0.0.1]',
      'a.localhost',
    ]) {
      await rejectsWith(
        verifyWith(world, world.verifier, { iss: `http://${host}:${server.port}` }),
        'issuer_syntax',
      )
      await rejectsWith(
        verifyWith(world, world.verifier, { iss: `https://${host}:${server.port}` }),
        'issuer_address_refused',
      )
    }
    assert.equal(server.connections(), 0)
  })

  test('open nothing but this machine: not the network behind it, not plain http elsewhere', async (t) => {
    const { world, server, issuer } = await createLoopback(t, true)
    for (const [jwksUri, reason] of [
      ['https://10.0.0.1/keys', 'issuer_address_refused'],
      ['http://10.0.0.1/keys', 'issuer_key_set_uri_refused'],
      ['http://issuer.test/keys', 'issuer_key_set_uri_refused'],
      ['https://169.254.169.254/keys', 'issuer_address_refused'],
      [`http://127.1.2.3:${server.port}/keys`, 'issuer_key_set_uri_refused'],
    ] as const) {
      publish(server, [world.key], { issuer, jwksUri })
      await rejectsWith(verifyWith(world, world.verifier, { iss: issuer }), reason)
      world.advance(10_000)
    }
  })

  test('a name for this machine that leads elsewhere is refused', async (t) => {
    const world = await createWorld(t, { allowLoopbackIssuers: true })
    world.network.name('localhost', PUBLIC_ADDRESS)
    await rejectsWith(world.verify({ iss: 'http://localhost' }), 'issuer_address_refused')
    assert.deepEqual(world.network.dialled, [])
  })

  test('an issuer on the internet gains nothing by the switch', async (t) => {
    const world = await createWorld(t, { allowLoopbackIssuers: true })
    for (const [jwksUri, reason] of [
      [`https://127.0.0.1:${world.server.port}/keys`, 'issuer_address_refused'],
      [`https://localhost:${world.server.port}/keys`, 'issuer_address_refused'],
      [`http://localhost:${world.server.port}/keys`, 'issuer_key_set_uri_refused'],
    ] as const) {
      publish(world.server, [world.key], { jwksUri })
      await rejectsWith(world.verify(), reason)
      world.advance(10_000)
    }
    world.network.name('issuer.test', '127.0.0.1')
    await rejectsWith(world.verify(), 'issuer_address_refused')
  })
})
