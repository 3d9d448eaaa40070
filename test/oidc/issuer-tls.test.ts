import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { generate } from 'selfsigned'
import { createTokenVerifier } from '#pkg/oidc'
import { startIssuerServer } from './support/issuer-server.ts'
import { createWorld, PUBLIC_ADDRESS, publish, rejectsWith, verifyWith } from './support/world.ts'

describe('S15: TLS', () => {
  test('a certificate that nobody vouches for is refused', async (t) => {
    const world = await createWorld(t)
    const { resolve, dial } = world.network
    const verifier = createTokenVerifier({ now: world.now, resolve, dial })
    await rejectsWith(verifyWith(world, verifier), 'issuer_network')
    assert.equal(world.server.count(), 0)
  })

  test('a certificate for another name is refused', async (t) => {
    const world = await createWorld(t)
    world.network.name('elsewhere.test', PUBLIC_ADDRESS)
    const error = await rejectsWith(world.verify({ iss: 'https://elsewhere.test' }), 'issuer_network')
    assert.equal(error.detail['code'], 'ERR_TLS_CERT_ALTNAME_INVALID')
    assert.equal(world.server.count(), 0)
  })

  test('a certificate that has run out is refused', async (t) => {
    const certificate = await generate([{ name: 'commonName', value: 'issuer.test' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      notBeforeDate: new Date('2020-01-01'),
      notAfterDate: new Date('2021-01-01'),
    })
    const world = await createWorld(t, { issuerCa: certificate.cert })
    const server = await startIssuerServer(t, { certificate })
    world.network.serve(PUBLIC_ADDRESS, server.port)
    const error = await rejectsWith(world.verify(), 'issuer_network')
    assert.equal(error.detail['code'], 'CERT_HAS_EXPIRED')
  })

  test('a server without TLS 1.2 is refused, whatever it has before', async (t) => {
    const world = await createWorld(t)
    const server = await startIssuerServer(t, { maxVersion: 'TLSv1.1' })
    publish(server, [world.key])
    world.network.serve(PUBLIC_ADDRESS, server.port)
    await rejectsWith(world.verify(), 'issuer_network')
    assert.equal(server.count(), 0)
  })

  test('a server that speaks plain http is refused', async (t) => {
    const world = await createWorld(t)
    const server = await startIssuerServer(t, { plain: true })
    world.network.serve(PUBLIC_ADDRESS, server.port)
    await rejectsWith(world.verify(), 'issuer_network')
    assert.equal(server.count(), 0)
  })
})
