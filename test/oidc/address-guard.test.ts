import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { StsError } from '#pkg/errors'
import { openGuardedSession } from '../../pkg/oidc/guarded-fetch.ts'
import { OPERATOR_REACH } from '../../pkg/oidc/reach.ts'
import { resolveHost } from '../../pkg/oidc/resolve-host.ts'
import { DISCOVERY_PATH, json, KEYS_PATH, startIssuerServer, status } from './support/issuer-server.ts'
import { createSigningKey } from './support/token.ts'
import { createWorld, ISSUER, PUBLIC_ADDRESS, publish, rejectsWith } from './support/world.ts'

describe('where a connection may go', () => {
  const literals = [
    'https://127.0.0.1',
    'https://127.1',
    'https://2130706433',
    'https://0x7f000001',
    'https://0177.0.0.1',
    'https://0x7f.1',
    'https://127.0.0.1.',
    'https://0',
    'https://10.0.0.1',
    'https://169.254.169.254',
    'https://0xa9fea9fe',
    'https://[::1]',
    'https://[::]',
    'https://[::ffff:7f00:1]',
    'https://[::ffff:127.0.0.1]',
    'https://[64:ff9b::a9fe:a9fe]',
    'https://[fd00:ec2::254]',
    'https://[fe80::1]',
    'https://[2001:db8::1]',
    'https://[::ffff:0:a9fe:a9fe]',
    'https://168.63.129.16',
    'https://192.0.2.1',
    'https://100.100.100.200',
  ]
  test('S3: IP literals in any spelling open no socket', async (t) => {
    const world = await createWorld(t)
    for (const iss of literals) {
      const error = await rejectsWith(world.verify({ iss }), 'issuer_address_refused')
      assert.equal(error.code, 'ISSUER_REJECTED')
    }
    assert.deepEqual(world.network.dialled, [])
    assert.deepEqual(world.network.lookups, [])
  })

  test('an IP literal on the internet is dialled as it is', async (t) => {
    const world = await createWorld(t)
    const issuer = `https://${PUBLIC_ADDRESS}`
    publish(world.server, [world.key], { issuer })
    await world.verify({ iss: issuer })
    assert.deepEqual(new Set(world.network.dialled), new Set([PUBLIC_ADDRESS]))
    assert.deepEqual(world.network.lookups, [])
  })

  const names = [
    'localhost',
    'LocalHost',
    'localhost.',
    'a.localhost',
    'metadata.google.internal',
    'Metadata.Google.Internal.',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
    'metadata.goog',
  ]
  test('S4: names of this machine, this cluster and metadata services are not even looked up', async (t) => {
    const world = await createWorld(t)
    for (const name of names) {
      world.network.name(name, PUBLIC_ADDRESS)
      await rejectsWith(world.verify({ iss: `https://${name}` }), 'issuer_address_refused')
    }
    assert.deepEqual(world.network.dialled, [])
    assert.deepEqual(world.network.lookups, [])
  })

  test('S4: a name with one bad address among good ones is refused', async (t) => {
    const world = await createWorld(t)
    for (const bad of [
      '127.0.0.1',
      '10.0.0.1',
      '169.254.169.254',
      '::1',
      'fd00::1',
      '::ffff:10.0.0.1',
      'not an address',
    ]) {
      for (const addresses of [
        [PUBLIC_ADDRESS, bad],
        [bad, PUBLIC_ADDRESS],
        ['1.1.1.1', bad, PUBLIC_ADDRESS],
      ]) {
        world.network.name('issuer.test', ...addresses)
        await rejectsWith(world.verify(), 'issuer_address_refused')
        world.advance(10_000)
      }
    }
    assert.deepEqual(world.network.dialled, [])
  })

  test('a name without an address is unreachable, and asked for once', async (t) => {
    const world = await createWorld(t)
    world.network.name('issuer.test')
    const error = await rejectsWith(world.verify(), 'issuer_network')
    assert.equal(error.code, 'ISSUER_UNREACHABLE')
    assert.deepEqual(world.network.lookups, ['issuer.test'])
  })

  test('S5: the address that was checked is the one connected to; name and Host stay', async (t) => {
    const world = await createWorld(t)
    await world.verify()
    assert.deepEqual(new Set(world.network.dialled), new Set([PUBLIC_ADDRESS]))
    assert.equal(world.network.lookups.length, world.network.dialled.length)
    assert.ok(world.server.requests.every(({ headers }) => headers.host === 'issuer.test'))
  })

  test('S5: a name that turns private between discovery and key set is refused', async (t) => {
    const world = await createWorld(t)
    const document = { issuer: ISSUER, jwks_uri: `${ISSUER}${KEYS_PATH}` }
    world.server.on(DISCOVERY_PATH, (response, request) => {
      world.network.name('issuer.test', '10.0.0.1')
      json(document, { connection: 'close' })(response, request)
    })
    await rejectsWith(world.verify(), 'issuer_address_refused')
    assert.deepEqual(world.network.dialled, [PUBLIC_ADDRESS])
  })

  test('S5: redirects and jwks_uri to names with private addresses are refused', async (t) => {
    const world = await createWorld(t)
    world.network.name('other.test', '10.0.0.1')
    world.server.on(DISCOVERY_PATH, status(302, { location: 'https://other.test/x' }))
    await rejectsWith(world.verify(), 'issuer_address_refused')
    world.advance(10_000)
    world.server.on(DISCOVERY_PATH, json({ issuer: ISSUER, jwks_uri: 'https://other.test/keys' }))
    await rejectsWith(world.verify(), 'issuer_address_refused')
    assert.deepEqual(new Set(world.network.dialled), new Set([PUBLIC_ADDRESS]))
  })

  test('another address of the host is tried when one does not answer', async (t) => {
    const world = await createWorld(t)
    world.network.name('issuer.test', '1.1.1.1', PUBLIC_ADDRESS)
    await world.verify()
    assert.deepEqual(world.network.dialled.slice(0, 2), ['1.1.1.1', PUBLIC_ADDRESS])
  })

  test('of many addresses a few are tried', async (t) => {
    const world = await createWorld(t)
    const many = Array.from({ length: 50 }, (_, i) => `1.1.1.${i + 1}`)
    world.network.name('issuer.test', ...many)
    await rejectsWith(world.verify(), 'issuer_network')
    assert.deepEqual(new Set(world.network.dialled), new Set(many.slice(0, 3)))
  })
})

describe('S6: jwks_uri', () => {
  const refused: readonly unknown[] = [
    undefined,
    null,
    1,
    '',
    ['https://issuer.test/keys'],
    '/keys',
    'keys',
    '//issuer.test/keys',
    'http://issuer.test/keys',
    'ftp://issuer.test/keys',
    'file:///etc/passwd',
    'data:application/json,{"keys":[]}',
    'javascript:0',
    'https:issuer.test/keys',
    'https:\\\\issuer.test\\keys',
    'https:///issuer.test/keys\n',
    ' https://issuer.test/keys',
    'https://issuer.test/ke ys',
    'https://issuer\t.test/keys',
    'https://user@issuer.test/keys',
    'https://user:pass@issuer.test/keys',
    'https://:@',
    'https://@issuer.test/keys',
    'https://',
    'https://issuer.test:99999/keys',
    `https://issuer.test/${'a'.repeat(3_000)}`,
    'https://issüer.test/keys',
  ]
  test('is refused unless it is an absolute https URL without user info', async (t) => {
    const world = await createWorld(t)
    for (const jwks_uri of refused) {
      world.server.on(DISCOVERY_PATH, json({ issuer: ISSUER, jwks_uri }))
      await rejectsWith(world.verify(), 'issuer_key_set_uri_refused')
      world.advance(10_000)
    }
    assert.equal(world.server.count(), refused.length)
  })

  test('is refused on a private address or name', async (t) => {
    const world = await createWorld(t)
    for (const jwks_uri of [
      'https://127.0.0.1/keys',
      'https://[::1]/keys',
      'https://169.254.169.254/latest',
      'https://0x7f.1/keys',
      'https://localhost/keys',
      'https://metadata.google.internal/',
    ]) {
      world.server.on(DISCOVERY_PATH, json({ issuer: ISSUER, jwks_uri }))
      await rejectsWith(world.verify(), 'issuer_address_refused')
      world.advance(10_000)
    }
    assert.deepEqual(new Set(world.network.dialled), new Set([PUBLIC_ADDRESS]))
  })

  test('may be on another public host, with a port and a query', async (t) => {
    const world = await createWorld(t)
    const other = await startIssuerServer(t)
    world.network.name('other.test', '9.9.9.9')
    world.network.serve('9.9.9.9', other.port)
    const key = createSigningKey('elsewhere')
    other.on('/certs?v=3', json({ keys: [key.jwk] }))
    publish(world.server, [key], { jwksUri: 'https://other.test:8443/certs?v=3' })
    await world.verify(await key.sign(world.claims()))
    assert.equal(other.requests[0]?.headers.host, 'other.test:8443')
  })
})

test('plain http goes nowhere but to this machine, whoever asks for it', async (t) => {
  const { network } = await createWorld(t)
  const { signal } = new AbortController()
  const session = openGuardedSession({ ...network, secureContext: undefined }, OPERATOR_REACH, signal)
  await rejectsWith(session.get(new URL('http://issuer.test/'), { redirects: 0 }), 'issuer_address_refused')
  await session.close()
  assert.deepEqual(network.dialled, [])
})

test('a name is not looked up for a caller who is gone', async () => {
  const signal = AbortSignal.abort(new StsError('caller_gone'))
  for (const local of [true, false])
    await rejectsWith(resolveHost('localhost', { local, signal }), 'caller_gone')
})

test('names of this machine are resolved as the system does, strangers’ names can be cancelled', async () => {
  const local = await resolveHost('localhost', { local: true, signal: new AbortController().signal })
  assert.ok(local.length > 0 && local.every((address) => address === '127.0.0.1' || address === '::1'))
  const caller = new AbortController()
  const stranger = resolveHost('made-up.invalid', { local: false, signal: caller.signal })
  caller.abort()
  const outcome: unknown = await stranger.catch((thrown: unknown) => thrown)
  assert.ok(outcome instanceof Error || (Array.isArray(outcome) && outcome.length === 0))
})
