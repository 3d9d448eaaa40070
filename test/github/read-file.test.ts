import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { FileRead, Installation, ReadFileOptions } from '#pkg/github'
import { submodule, symlink } from '../../emulator/index.ts'
import {
  because,
  FIND,
  MINT,
  patient,
  POLICY_PATH,
  READ,
  REVOKE,
  startWorld,
  TARGET,
  type World,
} from './support/world.ts'

const MINUTE = 60_000

describe('reading a file', () => {
  let world: World
  let installation: Installation
  beforeEach(async () => {
    world = await startWorld()
    installation = await world.install()
    world.takeCalls()
  })
  afterEach(() => world.close())

  const read = (
    path = POLICY_PATH,
    { etag, ...options }: Partial<ReadFileOptions> & { readonly etag?: string } = {},
  ): Promise<FileRead> =>
    world.app.readFile({ ...TARGET, installation, path, etag }, { ...patient, ...options })

  it('takes a token for one repository and its contents only, and sends no ref', async () => {
    const found = await read()
    assert.ok(found.kind === 'found')
    assert.equal(found.bytes.toString(), 'issuer: widgets\n')
    const [mint, get] = world.github.calls
    assert.equal(
      mint?.requestBody.toString(),
      '{"repositories":["widgets"],"permissions":{"contents":"read"}}',
    )
    assert.equal(get?.path, '/repos/acme/widgets/contents/.github/chainguard/ci.sts.yaml')
    assert.match(get.requestHeaders.authorization ?? '', /^token ghs_/)
  })

  it('uses one read token for nearly an hour, for all who ask at the same time', async () => {
    await Promise.all(Array.from({ length: 20 }, () => read()))
    world.advance(55 * MINUTE - 1)
    await read()
    assert.equal(world.takeCalls().filter((operation) => operation === MINT).length, 1)
    world.advance(1)
    await read()
    assert.deepEqual(world.takeCalls().toSorted(), [MINT, READ, REVOKE].toSorted())
  })

  it('does not fetch again what has not changed', async () => {
    const first = await read()
    assert.ok(first.kind === 'found' && first.etag !== undefined)
    assert.deepEqual(await read(POLICY_PATH, { etag: first.etag }), { kind: 'not_modified' })
    world.github.writeFile('acme/widgets', POLICY_PATH, 'issuer: other\n')
    const second = await read(POLICY_PATH, { etag: first.etag })
    assert.ok(second.kind === 'found')
    assert.notEqual(second.blob, first.blob)
  })

  it('says what is there', async () => {
    world.github.push({
      repository: 'acme/widgets',
      files: {
        'largest.txt': 'x'.repeat(32 * 1024),
        'large.txt': 'x'.repeat(32 * 1024 + 1),
        'huge.txt': 'x'.repeat(1024 * 1024 + 1),
        'empty.txt': '',
        'link.txt': symlink('largest.txt'),
        'out.txt': symlink('../elsewhere'),
        'dir.txt': symlink('.github'),
        sub: submodule('https://github.com/acme/gadgets.git'),
      },
    })
    const cases: readonly (readonly [string, string])[] = [
      ['largest.txt', 'found'],
      ['empty.txt', 'found'],
      ['link.txt', 'found'],
      ['missing.txt', 'absent'],
      ['large.txt', 'too_large'],
      ['huge.txt', 'too_large'],
      ['out.txt', 'symlink'],
      ['dir.txt', 'symlink'],
      ['sub', 'submodule'],
      ['.github', 'directory'],
    ]
    for (const [path, expected] of cases) {
      const result = await read(path)
      assert.equal(result.kind === 'unusable' ? result.problem : result.kind, expected, path)
    }
  })

  it('says that a directory is one in the older form of the answer too', async () => {
    world.failNext(READ, { kind: 'answer', rewrite: () => [] })
    assert.deepEqual(await read(), { kind: 'unusable', problem: 'directory' })
  })

  for (const [what, members] of [
    ['another size', { size: 3 }],
    ['base64 that is cut', { content: 'aXNzdWVyOiB3aWRnZXRz', size: 16 }],
    ['base64 with foreign characters', { content: 'aXNz-WVyOiB3aWRnZXRzCg==' }],
    ['another encoding', { encoding: 'none', content: '' }],
    ['no blob id', { sha: undefined }],
    ['an unknown type', { type: 'portal' }],
  ] as const) {
    it(`does not believe contents with ${what}`, async () => {
      world.failNext(READ, { kind: 'answer', rewrite: (body) => ({ ...(body as object), ...members }) })
      await assert.rejects(read(), because('github_answer_malformed'))
    })
  }

  it('remembers for a minute that a repository cannot be read, unless asked to look again', async () => {
    world.github.updateInstallation(installation, { repositories: ['gadgets'] })
    assert.deepEqual(await read(), { kind: 'unreadable' })
    assert.deepEqual(await read(), { kind: 'unreadable' })
    assert.deepEqual(world.takeCalls(), [MINT])
    assert.deepEqual(await read(POLICY_PATH, { retryUnreadable: true }), { kind: 'unreadable' })
    assert.deepEqual(world.takeCalls(), [MINT])
    world.github.updateInstallation(installation, { repositories: 'all' })
    world.advance(MINUTE)
    assert.equal((await read()).kind, 'found')
  })

  it('waits a little for a new token that GitHub does not know everywhere yet', async () => {
    world.github.fault({ kind: 'status', status: 401, times: 2, match: READ })
    world.failNext(READ, { kind: 'status', status: 403, body: { message: 'Resource not accessible' } })
    assert.equal((await read()).kind, 'found')
    assert.deepEqual(world.takeCalls(), [MINT, READ, READ, READ, READ])
    assert.ok(world.pauses.reduce((sum, ms) => sum + ms) <= 2000)
  })

  it('gives up on a new token that is never taken', async () => {
    world.github.fault({ kind: 'status', status: 401, match: READ })
    await assert.rejects(read(), because('github_refused'))
    assert.deepEqual(world.takeCalls(), [MINT, READ, READ, READ, READ])
  })

  it('replaces a token that has died, once', async () => {
    await read()
    world.advance(MINUTE)
    world.takeCalls()
    world.failNext(READ, { kind: 'status', status: 401 })
    assert.equal((await read()).kind, 'found')
    assert.deepEqual(world.takeCalls(), [READ, MINT, READ])
  })

  it('finds out through a dead token that the installation has gone', async () => {
    await read()
    world.advance(MINUTE)
    world.takeCalls()
    world.github.uninstall({ id: installation.id })
    await assert.rejects(read(), because('installation_missing'))
    assert.deepEqual(world.takeCalls(), [READ, MINT, FIND])
  })

  it('does not follow a repository to its new name', async () => {
    await read()
    world.takeCalls()
    world.github.renameRepository('acme/widgets', 'gears')
    await assert.rejects(read(), because('installation_missing'))
    await world.app.close(1000)
    assert.deepEqual(world.takeCalls(), [READ, REVOKE])
  })

  it('X: does not use a read token that can do more than read', async () => {
    world.github.fault({
      kind: 'answer',
      match: MINT,
      rewrite: (body) => ({ ...(body as object), permissions: { contents: 'write' } }),
    })
    await assert.rejects(read(), because('grant_exceeded'))
    assert.deepEqual(world.github.liveTokens(), [])
  })

  it('leaves a read that nobody waits for', async () => {
    await read()
    const caller = new AbortController()
    world.failNext(READ, { kind: 'timeout' })
    const reading = read(POLICY_PATH, { signal: caller.signal })
    while (world.github.calls.length < 3) await new Promise((resolve) => setTimeout(resolve, 5))
    const reason = new Error('gone')
    caller.abort(reason)
    await assert.rejects(reading, reason)
  })
})
