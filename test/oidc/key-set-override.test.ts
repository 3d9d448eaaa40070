import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { pathToFileURL } from 'node:url'
import { json, KEYS_PATH, status } from './support/issuer-server.ts'
import { createSigningKey } from './support/token.ts'
import { createWorld, ISSUER, rejectsWith, type World } from './support/world.ts'

describe('S16: key set overrides', () => {
  const folderOf = async (t: TestContext): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'oidc-'))
    t.after(() => rm(folder, { recursive: true }))
    return folder
  }

  test('a file, by path or by URL, serves an issuer that is never asked', async (t) => {
    const key = createSigningKey('file')
    const path = join(await folderOf(t), 'keys.json')
    await writeFile(path, JSON.stringify({ keys: [key.jwk] }))
    for (const location of [path, pathToFileURL(path).href]) {
      const world = await createWorld(t, { keySetOverrides: new Map([[ISSUER, location]]) })
      await world.verify(await key.sign(world.claims()))
      await rejectsWith(world.verify(), 'token_key_unknown')
      assert.equal(world.server.count(), 0)
      assert.deepEqual(world.network.lookups, [])
    }
  })

  test('a file that is changed counts after its freshness', async (t) => {
    const [first, second] = [createSigningKey('first'), createSigningKey('second')]
    const path = join(await folderOf(t), 'keys.json')
    await writeFile(path, JSON.stringify({ keys: [first.jwk] }))
    const world = await createWorld(t, { keySetOverrides: new Map([[ISSUER, path]]) })
    await world.verify(await first.sign(world.claims()))
    await writeFile(path, JSON.stringify({ keys: [second.jwk] }))
    await world.verify(await second.sign(world.claims()))
    await rejectsWith(world.verify(await first.sign(world.claims())), 'token_key_unknown')
  })

  test('a file that is missing, a folder, too large or no key set is an error', async (t) => {
    const folder = await folderOf(t)
    const large = join(folder, 'large.json')
    await writeFile(large, Buffer.alloc(100 * 1024 + 1, ' '))
    const text = join(folder, 'text.json')
    await writeFile(text, 'keys')
    for (const [location, reason] of [
      [join(folder, 'absent'), 'issuer_network'],
      [folder, 'issuer_network'],
      [large, 'issuer_document_too_large'],
      [text, 'issuer_document_malformed'],
      ['/dev/zero', 'issuer_document_too_large'],
    ] as const) {
      const world = await createWorld(t, { keySetOverrides: new Map([[ISSUER, location]]) })
      await rejectsWith(world.verify(), reason)
    }
  })

  const override = (t: TestContext, url: string): Promise<World> =>
    createWorld(t, { keySetOverrides: new Map([[ISSUER, url]]) })

  test('a URL may be of a private network, and the issuer itself is not asked', async (t) => {
    const world = await override(t, 'https://other.test/internal')
    world.network.name('other.test', '10.0.0.1')
    world.network.serve('10.0.0.1', world.server.port)
    world.server.on('/internal', json({ keys: [world.key.jwk] }))
    await world.verify()
    assert.equal(world.server.count(), 1)
    await rejectsWith(world.verify(await createSigningKey('x').sign(world.claims())), 'token_key_unknown')
  })

  test('a URL is https, is not redirected and never of a metadata service', async (t) => {
    for (const url of [
      'http://other.test/internal',
      'http://127.0.0.1/x',
      'ftp://other.test/x',
      'data://x',
      'https://u:p@other.test/',
    ]) {
      await rejectsWith((await override(t, url)).verify(), 'issuer_key_set_uri_refused')
    }
    for (const url of [
      'https://169.254.169.254/keys',
      'https://metadata.google.internal/keys',
      'https://[fd00:ec2::254]/keys',
    ]) {
      const world = await override(t, url)
      await rejectsWith(world.verify(), 'issuer_address_refused')
      assert.deepEqual(world.network.dialled, [])
    }
    const world = await override(t, `${ISSUER}/moved`)
    world.server.on('/moved', status(302, { location: KEYS_PATH }))
    await rejectsWith(world.verify(), 'issuer_redirect_refused')
    assert.equal(world.server.count(), 1)
  })

  test('the algorithms are those its keys name, RS256 if they name none', async (t) => {
    const [rsa, ec] = [createSigningKey('rsa', 'RS256'), createSigningKey('ec')]
    const world = await override(t, `${ISSUER}/set`)
    const serve = (...keys: readonly object[]): void => {
      world.server.on('/set', json({ keys }))
      world.advance(25 * 60 * 60_000)
    }
    serve({ ...rsa.jwk, alg: undefined }, { ...ec.jwk, alg: undefined })
    await world.verify(await rsa.sign(world.claims()))
    await rejectsWith(world.verify(await ec.sign(world.claims())), 'token_algorithm_refused')
    serve(ec.jwk)
    await world.verify(await ec.sign(world.claims()))
  })
})
