import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { KeyProvider } from '#pkg/config'
import { keyNameType, secretNameType } from '../../pkg/config/key-name.ts'

const UUID = '1234abcd-12ab-34cd-56ef-1234567890ab'
const KEY = 'projects/p/locations/global/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1'
const SECRET = 'projects/p/secrets/s/versions/1'
const ARN = 'arn:aws:kms:eu-west-1:123456789012'
const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret'
const VAULT = 'https://v.vault.azure.net'

type Rows = Readonly<
  Record<KeyProvider, { readonly taken: readonly string[]; readonly refused: readonly string[] }>
>

const KEYS: Rows = {
  gcp: {
    taken: [KEY, KEY.replace('projects/p', 'projects/example.com:p-1'), KEY.replace('/1', '/12')],
    refused: [
      'k',
      KEY.replace(/\/cryptoKeyVersions.*/, ''),
      `${KEY}/`,
      `/${KEY}`,
      `${KEY}:asymmetricSign`,
      KEY.replace('Versions/1', 'Versions/latest'),
      KEY.replace('Versions/1', 'Versions/0'),
      KEY.replace('projects/p', 'projects/..'),
      KEY.replace('projects/p', 'projects/p?x'),
      `https://cloudkms.googleapis.com/v1/${KEY}`,
    ],
  },
  aws: {
    taken: [
      UUID,
      'mrk-1234abcd12ab34cd56ef1234567890ab',
      'alias/github-sts',
      'alias/team/github-sts',
      `${ARN}:key/${UUID}`,
      `${ARN}:alias/github-sts`,
      `${ARN.replace('aws', 'aws-us-gov')}:key/${UUID}`,
    ],
    refused: ['github-sts', 'alias/', 'alias/a b', `${ARN}:key/`, `${SECRET_ARN}:s`, UUID.slice(1), KEY],
  },
  akv: {
    taken: [
      `${VAULT}/keys/app`,
      `${VAULT}/keys/app/0123456789abcdef0123456789abcdef`,
      'https://h.managedhsm.azure.net/keys/app',
      'https://127.0.0.1:8443/keys/app',
    ],
    refused: [
      'app',
      VAULT,
      `${VAULT}/keys/`,
      `${VAULT}/keys/app/`,
      `${VAULT}/keys/app/1/2`,
      `${VAULT}/keys/../secrets`,
      `${VAULT}/keys/app?api-version=7.4`,
      `${VAULT}/secrets/app`,
      `http://v.vault.azure.net/keys/app`,
      `https://u:p@v.vault.azure.net/keys/app`,
    ],
  },
}

const SECRETS: Rows = {
  gcp: {
    taken: [
      SECRET,
      SECRET.replace('/1', '/latest'),
      'projects/123456/secrets/github_sts-webhook/versions/42',
    ],
    refused: [
      's',
      'projects/p/secrets/s',
      `${SECRET}/`,
      `${SECRET}:access`,
      'projects/p/secrets/../versions/1',
    ],
  },
  aws: {
    taken: ['github-sts/webhook', `${SECRET_ARN}:github-sts/webhook-AbCdEf`],
    refused: ['', 'a b', 'a:b', `${ARN}:key/${UUID}`, 'x'.repeat(520)],
  },
  akv: {
    taken: [`${VAULT}/secrets/webhook`, `${VAULT}/secrets/webhook/0123456789abcdef0123456789abcdef`],
    refused: ['webhook', `${VAULT}/keys/webhook`, `${VAULT}/secrets/webhook/`, `${VAULT}/secrets/a/b/c`],
  },
}

for (const [what, typeOf, rows] of [
  ['key', keyNameType, KEYS],
  ['secret', secretNameType, SECRETS],
] as const) {
  for (const provider of ['gcp', 'aws', 'akv'] as const) {
    describe(`the name of a ${what} at ${provider}`, () => {
      for (const name of rows[provider].taken) {
        it(`is ${name}`, () => {
          assert.deepEqual(typeOf(provider).parse(name), { ok: true, value: name })
        })
      }
      for (const name of rows[provider].refused) {
        it(`is not ${name.slice(0, 90)}`, () => {
          assert.equal(typeOf(provider).parse(name).ok, false)
        })
      }
    })
  }
}
