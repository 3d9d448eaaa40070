import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readWebhookConfig, renderConfigErrors } from '#pkg/config'
import { filesOf, type Changes } from './support/environment.ts'

const NAMES = ['projects/p/secrets/s/versions/1', 'projects/p/secrets/s/versions/2'] as const
const KMS: Changes = {
  PORT: '8080',
  GITHUB_APP_IDS: '12345',
  KMS_KEYS: 'projects/p/locations/global/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1',
  GITHUB_WEBHOOK_SECRET: NAMES[0],
}
const POOLS = 'orgs: [{ name: acme, apps: [{ app_id: 1, private_key: hunter2 }] }]'

function read(changes: Changes) {
  return readWebhookConfig(
    { ...KMS, ...changes },
    { readFile: filesOf({ '/pools.yaml': POOLS }), findKeyProblem: () => undefined },
  )
}

describe('GITHUB_WEBHOOK_SECRET beside KMS_KEYS', () => {
  const rows: readonly (readonly [changes: Changes, provider: string, names: readonly string[]])[] = [
    [{}, 'gcp', [NAMES[0]]],
    [{ GITHUB_WEBHOOK_SECRET: ` ${NAMES[0]} ,${NAMES[1]}\n` }, 'gcp', NAMES],
    [{ KMS_PROVIDER: 'aws', KMS_KEYS: 'alias/a', GITHUB_WEBHOOK_SECRET: 'webhook' }, 'aws', ['webhook']],
    [
      {
        KMS_PROVIDER: 'AKV',
        KMS_KEYS: 'https://v.vault.azure.net/keys/a',
        GITHUB_WEBHOOK_SECRET: 'https://v.vault.azure.net/secrets/a,https://w.vault.azure.net/secrets/a',
      },
      'akv',
      ['https://v.vault.azure.net/secrets/a', 'https://w.vault.azure.net/secrets/a'],
    ],
    // The file says which Apps serve; what it leaves aside still says what the secret is.
    [{ APP_CONFIG_FILE: '/pools.yaml', KMS_KEYS: 'k', GITHUB_APP_IDS: '' }, 'gcp', [NAMES[0]]],
  ]
  for (const [changes, provider, names] of rows) {
    it(`is names in the secret manager: ${JSON.stringify(changes).slice(0, 90)}`, () => {
      const result = read(changes)
      assert.ok(result.ok, 'the environment is valid')
      assert.deepEqual(result.warnings, [])
      assert.deepEqual(result.config.webhook.secretNames, { provider, names })
      assert.deepEqual(result.config.webhook.secrets, [])
    })
  }

  it('goes along with further secrets themselves', () => {
    const result = read({ STS_WEBHOOK_SECRETS: '["old","older","old"]' })
    assert.ok(result.ok, 'the environment is valid')
    assert.deepEqual(result.config.webhook.secrets, ['old', 'older'])
    assert.deepEqual(result.config.webhook.secretNames?.names, [NAMES[0]])
  })

  const refused: readonly string[] = [
    'hunter2',
    `${NAMES[0]},`,
    `${NAMES[0]},${NAMES[0]}`,
    `${NAMES[0]},hunter2`,
    ' , ',
    Array.from({ length: 9 }, (_, index) => `projects/hunter2/secrets/s/versions/${index + 1}`).join(),
  ]
  for (const text of refused) {
    it(`is not ${JSON.stringify(text).slice(0, 70)}`, () => {
      const result = read({ GITHUB_WEBHOOK_SECRET: text })
      assert.ok(!result.ok, 'the environment is refused')
      assert.deepEqual(
        result.errors.map(({ variable }) => variable),
        ['GITHUB_WEBHOOK_SECRET'],
      )
      assert.doesNotMatch(renderConfigErrors(result.errors), /hunter2/)
    })
  }
})

describe('GITHUB_WEBHOOK_SECRET beside APP_CONFIG_FILE alone', () => {
  it('is the secret', () => {
    const result = read({ APP_CONFIG_FILE: '/pools.yaml', KMS_KEYS: '', GITHUB_WEBHOOK_SECRET: 'a,b' })
    assert.ok(result.ok, 'the environment is valid')
    assert.deepEqual(result.config.webhook.secrets, ['a,b'])
    assert.equal(result.config.webhook.secretNames, undefined)
    assert.equal(result.config.github.pools[0]?.owner, 'acme')
  })
})
