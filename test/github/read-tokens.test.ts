import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Installation, MintedToken } from '#pkg/github'
import { createBackground } from '../../pkg/github/background.ts'
import { createReadTokens } from '../../pkg/github/read-tokens.ts'
import { patient } from './support/world.ts'

const installation: Installation = {
  id: 1,
  account: { login: 'acme', id: 2 },
  permissions: { contents: 'read' },
  repositorySelection: 'all',
  suspended: false,
  confirmedAt: 0,
}

/** A full cache of two tokens in each part, and what happened around it. */
function createSmallCache() {
  const minted: string[] = []
  const revoked: string[] = []
  const readTokens = createReadTokens({
    maxTokens: 2,
    now: () => 0,
    background: createBackground(),
    minter: {
      mint({ target, grant }) {
        minted.push(target.repository)
        const token: MintedToken = {
          token: target.repository,
          expiresAt: '1970-01-01T01:00:00Z',
          expiresAtMs: 3_600_000,
          mintedAt: 0,
          permissions: grant.permissions,
          repositories: grant.repositories,
          installation,
        }
        return Promise.resolve(token)
      },
    },
    revoker: {
      revoke({ token }) {
        revoked.push(token)
        return Promise.resolve(true)
      },
    },
  })
  const get = (repository: string): Promise<MintedToken | undefined> =>
    readTokens.get(installation, { owner: 'acme', repository }, patient)
  return { readTokens, get, minted, revoked }
}

describe('the cache of read tokens', () => {
  it('revokes what it has no room for', async () => {
    const { get, revoked } = createSmallCache()
    for (const name of ['a', 'b', 'c', 'd']) await get(name)
    assert.deepEqual(revoked, ['a', 'b'])
  })

  it('Q: keeps the token of a repository that was served, whatever else is asked for', async () => {
    const { readTokens, get, minted, revoked } = createSmallCache()
    await get('served')
    readTokens.protect({ owner: 'ACME', repository: 'Served' })
    for (let index = 0; index < 100; index++) await get(`r${index}`)
    await get('served')
    assert.equal(minted.filter((name) => name === 'served').length, 1)
    assert.equal(revoked.length, 98)
  })

  it('does not use a token of another installation', async () => {
    const { readTokens, get, minted, revoked } = createSmallCache()
    await get('a')
    await readTokens.get({ ...installation, id: 9 }, { owner: 'acme', repository: 'a' }, patient)
    assert.deepEqual([minted, revoked], [['a', 'a'], ['a']])
  })

  it('asks apart for installations that are asked for at the same time', async () => {
    const { readTokens, minted } = createSmallCache()
    const target = { owner: 'acme', repository: 'a' }
    await Promise.all(
      [installation, { ...installation, id: 9 }].map((one) => readTokens.get(one, target, patient)),
    )
    assert.deepEqual(minted, ['a', 'a'])
  })

  it('does not revoke a token that is dead', async () => {
    const { readTokens, get, revoked } = createSmallCache()
    const target = { owner: 'acme', repository: 'a' }
    for (const isDead of [true, false]) {
      const token = await get('a')
      assert.ok(token)
      readTokens.drop(target, token, isDead)
      readTokens.drop(target, token, isDead)
    }
    assert.deepEqual(revoked, ['a'])
  })
})
