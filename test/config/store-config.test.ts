import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { generate } from 'selfsigned'
import { readWebhookConfig } from '#pkg/config'
import { configOf, errorsOf, filesOf, MINIMAL, read, type Changes } from './support/environment.ts'

const URL = 'rediss://sts:hunter2@redis.test:6380/1'
const REDIS = { url: URL, certificateAuthorities: undefined }
const KEY = 'projects/p/locations/global/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1'
const TWO_APPS: Changes = {
  APP_SECRET_CERTIFICATE_ENV_VAR: undefined,
  GITHUB_APP_IDS: '1,2',
  KMS_KEYS: `${KEY},${KEY.replace(/1$/, '2')}`,
}

describe('the store', () => {
  const rows: readonly (readonly [changes: Changes, shared: string, sticky: string, isRedis: boolean])[] = [
    [{}, 'memory', 'memory', false],
    [{ STS_STORE: 'redis', STS_REDIS_URL: URL }, 'redis', 'redis', true],
    [{ ...TWO_APPS, STS_STORE: 'redis', STS_REDIS_URL: URL }, 'redis', 'redis', true],
    [{ ...TWO_APPS, OCTOSTS_STICKY_STORE: 'redis', STS_REDIS_URL: URL }, 'memory', 'redis', true],
    [
      { ...TWO_APPS, STS_STORE: 'redis', OCTOSTS_STICKY_STORE: 'memory', STS_REDIS_URL: URL },
      'redis',
      'memory',
      true,
    ],
    [{ ...TWO_APPS, OCTOSTS_STICKY_STORE: 'memory' }, 'memory', 'memory', false],
    // With one App there is nothing to remember, and nothing is asked for.
    [{ OCTOSTS_STICKY_STORE: 'redis' }, 'memory', 'memory', false],
    // Another App may come by a reload.
    [{ OCTOSTS_STICKY_STORE: 'redis', STS_REDIS_URL: URL }, 'memory', 'redis', true],
  ]
  for (const [changes, shared, sticky, isRedis] of rows) {
    it(`is ${shared}, that of callers ${sticky}: ${JSON.stringify(changes).slice(0, 90)}`, () => {
      const result = read(changes)
      assert.ok(result.ok, 'the environment is valid')
      assert.deepEqual(result.warnings, [])
      assert.deepEqual(result.config.store, { shared, redis: isRedis ? REDIS : undefined })
      assert.equal(result.config.sticky.store, sticky)
    })
  }

  for (const changes of [{ STS_STORE: 'redis' }, { ...TWO_APPS, OCTOSTS_STICKY_STORE: 'redis' }]) {
    it(`needs an address: ${JSON.stringify(changes).slice(0, 60)}`, () => {
      assert.deepEqual(
        errorsOf(changes).map(({ variable, holds }) => [variable, holds]),
        [['STS_REDIS_URL', 'not set']],
      )
    })
  }

  it('is told to be not used where only its address is set', () => {
    const result = read({ STS_REDIS_URL: URL })
    assert.ok(result.ok, 'the environment is valid')
    assert.equal(result.config.store.redis, undefined)
    assert.match(result.warnings.join(), /^STS_REDIS_URL is not used/)
    assert.doesNotMatch(result.warnings.join(), /hunter2/)
  })

  it('is read by the webhook, but not what several Apps need', () => {
    const sources = { readFile: filesOf({}), findKeyProblem: () => undefined }
    const environment = { ...MINIMAL, GITHUB_WEBHOOK_SECRET: 'x', STS_REDIS_URL: URL }
    const shared = readWebhookConfig({ ...environment, STS_STORE: 'redis' }, sources)
    assert.deepEqual(shared.ok && shared.config.store, { shared: 'redis', redis: REDIS })
    const alone = readWebhookConfig({ ...environment, OCTOSTS_STICKY_STORE: 'redis' }, sources)
    assert.deepEqual(alone.ok && alone.config.store, { shared: 'memory', redis: undefined })
    assert.deepEqual(alone.warnings, [])
  })
})

describe('the authorities of Redis', () => {
  let certificate = ''
  before(async () => {
    certificate = (await generate([{ name: 'commonName', value: 'ca.test' }])).cert.trim()
  })
  const changes = { STS_STORE: 'redis', STS_REDIS_CA_FILE: '/ca.pem' }

  it('are read with it', () => {
    const { redis } = configOf({ ...changes, STS_REDIS_URL: URL }, { '/ca.pem': certificate }).store
    assert.equal(redis?.certificateAuthorities, `${certificate}\n`)
  })

  it('are refused where there is no TLS', () => {
    const errors = errorsOf({ ...changes, STS_REDIS_URL: 'redis://r.test' }, { '/ca.pem': certificate })
    assert.deepEqual(
      errors.map(({ variable }) => variable),
      ['STS_REDIS_URL, STS_REDIS_CA_FILE'],
    )
  })
})

describe('OCTOSTS_STICKY_STORE=firestore', () => {
  it('falls back to memory with a warning that names redis', () => {
    const result = read({ ...TWO_APPS, OCTOSTS_STICKY_STORE: 'firestore' })
    assert.ok(result.ok, 'the environment is valid')
    assert.equal(result.config.sticky.store, 'memory')
    assert.equal(result.warnings.length, 1)
    assert.match(result.warnings[0] ?? '', /^OCTOSTS_STICKY_STORE.*memory.*redis/)
  })

  it('is an error with STS_STRICT_CONFIG', () => {
    const errors = errorsOf({ OCTOSTS_STICKY_STORE: 'firestore', STS_STRICT_CONFIG: 'true' })
    assert.deepEqual(
      errors.map(({ variable }) => variable),
      ['OCTOSTS_STICKY_STORE'],
    )
  })
})

describe('the floors of quota', () => {
  for (const changes of [
    { OCTOSTS_QUOTA_FLOOR_HARD: '6000' },
    { OCTOSTS_QUOTA_FLOOR_SOFT: '1000' },
    { OCTOSTS_QUOTA_FLOOR_HARD: '2', OCTOSTS_QUOTA_FLOOR_SOFT: '1' },
  ]) {
    it(`are refused where the soft one is below: ${JSON.stringify(changes)}`, () => {
      assert.deepEqual(
        errorsOf(changes).map(({ variable }) => variable),
        ['OCTOSTS_QUOTA_FLOOR_HARD, OCTOSTS_QUOTA_FLOOR_SOFT'],
      )
    })
  }

  it('may be the same', () => {
    const { quota } = configOf({ OCTOSTS_QUOTA_FLOOR_HARD: '0', OCTOSTS_QUOTA_FLOOR_SOFT: '0' })
    assert.deepEqual([quota.hardFloor, quota.softFloor], [0, 0])
  })
})
