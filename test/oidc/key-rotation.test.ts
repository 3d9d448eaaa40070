import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DISCOVERY_PATH, json, KEYS_PATH, status } from './support/issuer-server.ts'
import { createSigningKey } from './support/token.ts'
import { createWorld, publish, rejectsWith } from './support/world.ts'

const MINUTE_MS = 60_000

describe('S12: fetches', () => {
  test('100 concurrent tokens of a new issuer: one document, one key set', async (t) => {
    const world = await createWorld(t)
    const bearer = await world.key.sign(world.claims())
    await Promise.all(Array.from({ length: 100 }, () => world.verify(bearer)))
    assert.equal(world.server.count(DISCOVERY_PATH), 1)
    assert.equal(world.server.count(KEYS_PATH), 1)
    assert.equal(world.server.connections(), 1)
  })

  test('a storm of unknown key ids: at most one key set in 30 seconds', async (t) => {
    const world = await createWorld(t)
    await world.verify()
    const before = world.server.count(KEYS_PATH)
    const storm = Array.from({ length: 200 }, async (_, i) =>
      world.verify(await world.key.sign(world.claims(), { kid: `made-up-${i}` })),
    )
    await Promise.all(storm.map((work) => rejectsWith(work, 'token_key_unknown')))
    assert.equal(world.server.count(KEYS_PATH) - before, 1)
    await world.verify()
  })
})

describe('J: rotation', () => {
  test('the first token with a new key works after one refetch', async (t) => {
    const world = await createWorld(t)
    await world.verify()
    const next = createSigningKey('k2', 'RS256')
    publish(world.server, [world.key, next])
    await world.verify(await next.sign(world.claims()))
    assert.equal(world.server.count(KEYS_PATH), 2)
    await world.verify()
    assert.equal(world.server.count(KEYS_PATH), 2)
  })

  test('a key without an id that was replaced is found by a refetch', async (t) => {
    const world = await createWorld(t)
    const [first, second] = [createSigningKey('a'), createSigningKey('b')]
    const withoutId = ({ jwk }: { readonly jwk: object }): object => ({ ...jwk, kid: undefined })
    world.server.on(KEYS_PATH, json({ keys: [withoutId(first)] }))
    await world.verify(await first.sign(world.claims(), { kid: undefined }))
    world.server.on(KEYS_PATH, json({ keys: [withoutId(second)] }))
    await world.verify(await second.sign(world.claims(), { kid: undefined }))
    await rejectsWith(world.verify(await first.sign(world.claims(), { kid: undefined })), 'token_signature')
  })

  for (const [what, headers, freshForMs] of [
    ['15 minutes', {}, 15 * MINUTE_MS],
    ['its max-age', { 'cache-control': 'public, max-age=300' }, 5 * MINUTE_MS],
    ['a minute for a shorter max-age', { 'cache-control': 'max-age=0, must-revalidate' }, MINUTE_MS],
    ['an hour for a longer max-age', { 'cache-control': 'max-age=999999' }, 60 * MINUTE_MS],
  ] as const) {
    test(`a removed key stops after ${what}`, async (t) => {
      const world = await createWorld(t)
      publish(world.server, [world.key], { headers })
      await world.verify()
      publish(world.server, [createSigningKey('k2')], { headers })
      world.advance(0.5 * freshForMs)
      await world.verify()
      world.advance(0.5 * freshForMs)
      await rejectsWith(world.verify(), 'token_key_unknown')
      assert.equal(world.server.count(KEYS_PATH), 2)
    })
  }

  test('a refetch that fails, or finds no usable key, keeps the old set', async (t) => {
    const world = await createWorld(t)
    await world.verify()
    for (const answer of [
      json({ keys: [] }),
      json({ keys: [{ kty: 'oct', k: 'AAAA' }] }),
      status(404),
      json('<html>'),
      json({}),
    ]) {
      world.server.on(KEYS_PATH, answer)
      world.advance(20 * MINUTE_MS)
      await world.verify()
    }
    world.server.on(DISCOVERY_PATH, status(404))
    world.advance(20 * MINUTE_MS)
    await world.verify()
    assert.equal(world.server.count(KEYS_PATH), 6)
    world.advance(24 * 60 * MINUTE_MS)
    await rejectsWith(world.verify(), 'issuer_status')
  })

  test('an unknown key while the issuer is down is not the token’s fault', async (t) => {
    const world = await createWorld(t)
    await world.verify()
    world.server.on(KEYS_PATH, status(404))
    const error = await rejectsWith(
      world.verify(await createSigningKey('k2').sign(world.claims())),
      'issuer_status',
    )
    assert.ok(error.retryAfterMs)
    await world.verify()
  })
})
