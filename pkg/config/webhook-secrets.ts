import { APP_VARIABLES } from './app-variables.ts'
import { describeValue, type ConfigError } from './config-error.ts'
import { looksLikeSecretName, secretNameType, type KeyProvider } from './key-name.ts'
import { listType, unparsed, type ValueType } from './value-type.ts'
import { textOf, type Environment } from './variable.ts'
import { SECRETS_MAX, WEBHOOK_SECRET } from './webhook-types.ts'
import { WEBHOOK_VARIABLES, type WebhookValues } from './webhook-variables.ts'

/** Where the secrets of a webhook come from. */
export interface WebhookSecrets {
  /** Secrets themselves; each may have signed a delivery. Empty only where there are names. */
  readonly secrets: readonly string[]
  /** Names of secrets in a secret manager, at least one; undefined: none is asked. */
  readonly secretNames: { readonly provider: KeyProvider; readonly names: readonly string[] } | undefined
}

/**
 * Undefined when they were reported, here or before. With `KMS_KEYS` the first variable holds names, whatever else
 * says which Apps serve: taken for the secret itself, a name would be one that others can know.
 */
export function readWebhookSecrets(
  values: WebhookValues,
  environment: Environment,
  report: (error: ConfigError) => void,
): WebhookSecrets | undefined {
  const { GITHUB_WEBHOOK_SECRET: text, STS_WEBHOOK_SECRETS: further = [], KMS_PROVIDER: provider } = values
  if (text === undefined) return undefined
  if (textOf('KMS_KEYS', APP_VARIABLES.KMS_KEYS, environment) === undefined) {
    const secret = judge(text, OWN_SECRET, report)
    return secret === undefined
      ? undefined
      : { secrets: [...new Set([secret, ...further])], secretNames: undefined }
  }
  const type = listType(secretNameType(provider), SECRETS_MAX)
  const names = judge(text, { ...type, allowed: `with KMS_KEYS ${type.allowed}` }, report)
  if (names === undefined) return undefined
  return { secrets: [...new Set(further)], secretNames: { provider, names } }
}

const OWN_SECRET: ValueType<string> = {
  allowed: WEBHOOK_SECRET.allowed,
  parse: (text) => {
    return looksLikeSecretName(text)
      ? unparsed('it is the name of a secret, and KMS_KEYS is not set')
      : WEBHOOK_SECRET.parse(text)
  },
}

function judge<T>(text: string, type: ValueType<T>, report: (error: ConfigError) => void): T | undefined {
  const result = type.parse(text)
  if (result.ok) return result.value
  report({
    variable: 'GITHUB_WEBHOOK_SECRET',
    holds: describeValue(text, WEBHOOK_VARIABLES.GITHUB_WEBHOOK_SECRET),
    ...(result.problem === undefined ? {} : { problem: result.problem }),
    allowed: type.allowed,
  })
  return undefined
}

/** A secret that was read from a file often has its last line feed still, and then no signature matches. */
export function warnOfWhiteSpace(
  found: WebhookSecrets | undefined,
  values: WebhookValues,
): readonly string[] {
  const { GITHUB_WEBHOOK_SECRET: secret } = values
  if (found?.secretNames !== undefined || secret === undefined || secret === secret.trim()) return []
  return ['GITHUB_WEBHOOK_SECRET begins or ends with white space, which is taken as part of it']
}
