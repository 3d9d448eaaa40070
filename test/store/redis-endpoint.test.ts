import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { describe, test } from 'node:test'
import { StsError } from '#pkg/errors'
import { createRedisStore } from '#pkg/store'
import { parseRedisUrl, type RedisEndpoint } from '../../pkg/store/redis/redis-endpoint.ts'

const PLAIN: RedisEndpoint = { host: 'h', port: 6_379, isTls: false, credentials: [], database: undefined }

describe('parseRedisUrl', () => {
  const read: readonly (readonly [url: string, endpoint: Partial<RedisEndpoint>])[] = [
    ['redis://h', {}],
    ['redis://h/', {}],
    ['redis://h:7000/0', { port: 7_000 }],
    ['redis://h/15', { database: 15 }],
    ['rediss://h', { isTls: true }],
    ['REDISS://h', { isTls: true }],
    ['redis://redis.example.com:1', { host: 'redis.example.com', port: 1 }],
    ['redis://[::1]:7000', { host: '::1', port: 7_000 }],
    ['redis://:pass@h', { credentials: ['pass'] }],
    ['redis://user:pass@h', { credentials: ['user', 'pass'] }],
    ['redis://u%40x:p%2F%3A%40%25@h', { credentials: ['u@x', 'p/:@%'] }],
  ]
  for (const [url, endpoint] of read) {
    test(`reads ${url}`, () => {
      assert.deepEqual(parseRedisUrl(url), { ...PLAIN, ...endpoint })
    })
  }

  const refused = [
    '',
    'h:6379',
    'http://h',
    'redis:h',
    'redis://',
    'redis:///0',
    'redis://h:0',
    'redis://h:65536',
    'redis://h:1,g:2',
    'redis://h/a',
    'redis://h/01',
    'redis://h/-1',
    'redis://h/0/1',
    'redis://h?db=1',
    'redis://h#1',
    'redis://user@h',
    'redis://user:@h',
    'redis://:secret%zz@h',
    'unix:///run/redis.sock',
  ]
  for (const url of refused) {
    test(`refuses ${JSON.stringify(url)}`, () => {
      assert.throws(() => parseRedisUrl(url), StsError)
    })
  }

  test('quotes nothing of a URL that it refuses', async () => {
    await assert.rejects(createRedisStore({ url: 'redis://user:secret@host:1/x' }), (thrown) => {
      assert.ok(thrown instanceof StsError)
      assert.equal(thrown.reason, 'store_unavailable')
      assert.doesNotMatch(inspect(thrown, { depth: 9 }), /secret|user@|host:1/)
      return true
    })
  })
})
