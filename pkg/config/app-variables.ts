import { APP_IDS, KMS_KEY_LIST } from './github-types.ts'
import { BOOLEAN } from './go-boolean.ts'
import { FILE_PATH, PEM_TEXT } from './file-types.ts'
import { KEY_PROVIDER } from './key-name.ts'
import type { ReadVariable, Values } from './variable.ts'

/** The variables that say which GitHub Apps serve, with which keys. */
export const APP_VARIABLES = {
  GITHUB_APP_IDS: {
    topic: 'GitHub App',
    meaning: 'App ids or client ids',
    type: APP_IDS,
    octoSts: true,
    example: '12345',
    remarks:
      'Required without `APP_CONFIG_FILE`. Several need `KMS_KEYS` or `APP_CONFIG_FILE`; they serve every owner together ([organizations.md](organizations.md)).',
  },
  KMS_KEYS: {
    topic: 'GitHub App',
    meaning: 'one key of a key service per App id; an empty entry skips that App',
    type: KMS_KEY_LIST,
    octoSts: true,
    example: 'projects/acme/locations/global/keyRings/sts/cryptoKeys/app/cryptoKeyVersions/1',
    remarks:
      'As many entries as `GITHUB_APP_IDS`, in the forms of `KMS_PROVIDER`: [keys.md](keys.md). For the webhook it also says that `GITHUB_WEBHOOK_SECRET` holds names in the secret manager.',
  },
  KMS_PROVIDER: {
    topic: 'GitHub App',
    meaning: 'key service of KMS_KEYS and of each kms_key in APP_CONFIG_FILE',
    type: KEY_PROVIDER,
    default: 'gcp',
    octoSts: true,
    example: 'aws',
    remarks: 'Google Cloud KMS, AWS KMS or Azure Key Vault, with the secret manager of the same cloud.',
  },
  STS_KMS_VERIFY: {
    topic: 'GitHub App',
    meaning: 'checks signatures of the key service before they are used',
    type: BOOLEAN,
    default: 'false',
    remarks: 'It needs permission to read the public key; without it the public key is never read.',
  },
  APP_SECRET_CERTIFICATE_FILE: {
    topic: 'GitHub App',
    meaning: "path of the App's private key (PEM)",
    type: FILE_PATH,
    octoSts: true,
    example: '/etc/github-sts/app.pem',
    remarks:
      'Exactly one of this, `APP_SECRET_CERTIFICATE_ENV_VAR` and `KMS_KEYS`, and exactly one App. RSA of at least 2,048 bits, PKCS#1 (as GitHub gives it) or PKCS#8, not encrypted. At most 1 MiB, as every file that is named here.',
  },
  APP_SECRET_CERTIFICATE_ENV_VAR: {
    topic: 'GitHub App',
    meaning: "the App's private key itself (PEM), despite its name",
    type: PEM_TEXT,
    secret: true,
    octoSts: true,
    remarks: 'In a shell: `APP_SECRET_CERTIFICATE_ENV_VAR="$(cat app.pem)"`.',
  },
  APP_CONFIG_FILE: {
    topic: 'GitHub App',
    meaning: 'path of a file with pools of Apps, one per organization (YAML)',
    type: FILE_PATH,
    octoSts: true,
    example: '/etc/github-sts/pools.yaml',
    remarks:
      'With it `GITHUB_APP_IDS`, `KMS_KEYS` and both `APP_SECRET_CERTIFICATE_...` name no App; `KMS_PROVIDER` applies. Read again at SIGHUP. [organizations.md](organizations.md#a-file-of-pools) has the format.',
  },
} as const satisfies Readonly<Record<string, ReadVariable>>

/** What these variables hold. */
export type AppValues = Values<typeof APP_VARIABLES>
