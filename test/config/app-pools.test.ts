import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AppConfig } from '#pkg/config'
import { configOf, errorsOf, PEM, type Changes } from './support/environment.ts'

const KEY = 'projects/p/locations/global/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1'
const OTHER_KEY = KEY.replace(/1$/, '2')
const ALIAS = 'alias/github-sts'

/** Apps whose keys are in a key service. */
const kms = (changes: Changes): Changes => ({ APP_SECRET_CERTIFICATE_ENV_VAR: undefined, ...changes })

function appsOf(changes: Changes): readonly AppConfig[] | undefined {
  const { pools } = configOf(changes).github
  assert.equal(pools.length, 1)
  assert.equal(pools[0]?.owner, '*')
  return pools[0].apps
}

describe('the Apps of GITHUB_APP_IDS', () => {
  const gcp = (id: string, name: string) => ({ id, key: { kind: 'kms', provider: 'gcp', name } })
  const rows: readonly (readonly [changes: Changes, apps: readonly unknown[]])[] = [
    [{}, [{ id: '12345', key: { kind: 'pem', pem: PEM } }]],
    [kms({ KMS_KEYS: KEY }), [gcp('12345', KEY)]],
    [
      kms({ GITHUB_APP_IDS: '1,Iv1.b', KMS_KEYS: `${KEY}, ${OTHER_KEY}` }),
      [gcp('1', KEY), gcp('Iv1.b', OTHER_KEY)],
    ],
    [kms({ GITHUB_APP_IDS: '1,2,3', KMS_KEYS: `,${KEY},` }), [gcp('2', KEY)]],
    [
      kms({ KMS_PROVIDER: 'AWS', KMS_KEYS: ALIAS }),
      [{ id: '12345', key: { kind: 'kms', provider: 'aws', name: ALIAS } }],
    ],
    [
      kms({ KMS_PROVIDER: 'akv', KMS_KEYS: 'https://v.vault.azure.net/keys/app' }),
      [{ id: '12345', key: { kind: 'kms', provider: 'akv', name: 'https://v.vault.azure.net/keys/app' } }],
    ],
  ]
  for (const [changes, apps] of rows) {
    it(`serve every owner with their keys: ${JSON.stringify(changes).slice(0, 90)}`, () => {
      assert.deepEqual(appsOf(changes), apps)
    })
  }

  const refused: readonly (readonly [changes: Changes, variable: string])[] = [
    [kms({ KMS_KEYS: 'k' }), 'KMS_KEYS'],
    [kms({ KMS_KEYS: ALIAS }), 'KMS_KEYS'],
    [kms({ KMS_KEYS: KEY, KMS_PROVIDER: 'aws' }), 'KMS_KEYS'],
    [kms({ GITHUB_APP_IDS: '1,2', KMS_KEYS: KEY }), 'KMS_KEYS'],
    [kms({ KMS_KEYS: `${KEY},${OTHER_KEY}` }), 'KMS_KEYS'],
    [kms({ GITHUB_APP_IDS: '1,2', KMS_KEYS: `${KEY},k` }), 'KMS_KEYS'],
    [kms({ GITHUB_APP_IDS: '1,2', KMS_KEYS: ',' }), 'KMS_KEYS'],
    [kms({ KMS_KEYS: ' ' }), 'KMS_KEYS'],
    [kms({ KMS_KEYS: ','.repeat(100) }), 'KMS_KEYS'],
    [kms({ GITHUB_APP_IDS: '', KMS_KEYS: KEY }), 'GITHUB_APP_IDS'],
    [{ GITHUB_APP_IDS: '1,2' }, 'GITHUB_APP_IDS'],
    [{ KMS_KEYS: KEY }, 'APP_SECRET_CERTIFICATE_ENV_VAR, KMS_KEYS'],
    [kms({}), 'APP_SECRET_CERTIFICATE_FILE, APP_SECRET_CERTIFICATE_ENV_VAR, KMS_KEYS'],
  ]
  for (const [changes, variable] of refused) {
    it(`are refused: ${JSON.stringify(changes).slice(0, 90)}`, () => {
      assert.deepEqual(
        errorsOf(changes).map((error) => error.variable),
        [variable],
      )
    })
  }

  it('are told which entry is no key', () => {
    const [error] = errorsOf(kms({ GITHUB_APP_IDS: '1,2', KMS_KEYS: `${KEY},k` }))
    assert.match(error?.problem ?? '', /^entry 2 .*KMS_PROVIDER=gcp$/)
  })
})
