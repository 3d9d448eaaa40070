import { choiceType, parsed, unparsed, type ValueType } from './value-type.ts'

/** A cloud whose key service signs, and whose secret manager holds the webhook's secrets. */
export type KeyProvider = 'gcp' | 'aws' | 'akv'

export const KEY_PROVIDER = choiceType<KeyProvider>(['gcp', 'aws', 'akv'], { ignoreCase: true })

const GCP_PROJECT = '[A-Za-z0-9][A-Za-z0-9.:-]{0,127}'
const AWS_KEY_ID = '(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})'
const AWS_ALIAS = 'alias/[A-Za-z0-9/_-]{1,250}'
const AWS_SECRET_NAME = '[A-Za-z0-9/_+=.@-]{1,519}'
/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
const AWS_ACCOUNT = '[a-z0-9-]{1,40}:[0-9]{12}'
const VAULT = 'https://[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?::[0-9]{1,5})?'
const VAULT_OBJECT = '[A-Za-z0-9-]{1,127}(?:/[A-Za-z0-9]{1,64})?'

/**
 * Keys, by provider:
 * - https://cloud.google.com/kms/docs/resource-hierarchy#key_version
 * - https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id
 * - https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers
 */
const KEY_NAMES: Readonly<Record<KeyProvider, ValueType<string>>> = {
  gcp: nameType(
    `projects/${GCP_PROJECT}/locations/[a-z0-9-]{1,63}/keyRings/[A-Za-z0-9_-]{1,63}/cryptoKeys/[A-Za-z0-9_-]{1,63}/cryptoKeyVersions/[1-9][0-9]{0,18}`,
    'projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY/cryptoKeyVersions/NUMBER',
  ),
  aws: nameType(
    `(?:${AWS_KEY_ID}|${AWS_ALIAS}|arn:aws[a-z-]{0,20}:kms:${AWS_ACCOUNT}:(?:key/${AWS_KEY_ID}|${AWS_ALIAS}))`,
    'the id of a key (a UUID, or mrk-...), alias/NAME, or the ARN of either',
  ),
  akv: nameType(
    `${VAULT}/(?:keys|Keys|KEYS)/${VAULT_OBJECT}`,
    'https://VAULT/keys/NAME or https://VAULT/keys/NAME/VERSION',
  ),
}

/**
 * Secrets, by provider:
 * - https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access
 * - https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 * - https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers
 */
const SECRET_NAMES: Readonly<Record<KeyProvider, ValueType<string>>> = {
  gcp: nameType(
    `projects/${GCP_PROJECT}/secrets/[A-Za-z0-9_-]{1,255}/versions/(?:[1-9][0-9]{0,18}|[A-Za-z][A-Za-z0-9_-]{0,62})`,
    'projects/PROJECT/secrets/NAME/versions/VERSION',
  ),
  aws: nameType(
    `(?:${AWS_SECRET_NAME}|arn:aws[a-z-]{0,20}:secretsmanager:${AWS_ACCOUNT}:secret:${AWS_SECRET_NAME})`,
    'the name or the ARN of a secret',
  ),
  akv: nameType(
    `${VAULT}/(?:secrets|Secrets|SECRETS)/${VAULT_OBJECT}`,
    'https://VAULT/secrets/NAME or https://VAULT/secrets/NAME/VERSION',
  ),
}

/** What only names of secrets look like: no secret that was made by chance does. */
const UNMISTAKABLE_SECRET_NAMES: readonly ValueType<string>[] = [
  SECRET_NAMES.gcp,
  nameType('arn:aws[a-z-]*:secretsmanager:.*', 'an ARN'),
  SECRET_NAMES.akv,
]

/** The names of signing keys at `provider`. */
export function keyNameType(provider: KeyProvider): ValueType<string> {
  return KEY_NAMES[provider]
}

/** The names of secrets at `provider`. */
export function secretNameType(provider: KeyProvider): ValueType<string> {
  return SECRET_NAMES[provider]
}

/** Whether `text` is the full name of a secret at some provider, and so no secret itself. */
export function looksLikeSecretName(text: string): boolean {
  return UNMISTAKABLE_SECRET_NAMES.some((type) => type.parse(text).ok)
}

function nameType(pattern: string, allowed: string): ValueType<string> {
  const whole = new RegExp(`^${pattern}$`)
  return { allowed, parse: (text) => (whole.test(text) ? parsed(text) : unparsed()) }
}
