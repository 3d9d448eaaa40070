import { parsed, unparsed, type Parsed, type ValueType } from './value-type.ts'

const SECRET_MAX_CHARACTERS = 1_024
/** Every secret is tried with every delivery that none before it has signed. */
export const SECRETS_MAX = 8
/** Escapes make six characters of one. */
const SECRETS_MAX_CHARACTERS = SECRETS_MAX * (6 * SECRET_MAX_CHARACTERS + 4)

/** What bytes that are not UTF-8 become when a process is started, and what has no bytes in UTF-8. */
const NOT_UTF8 = /[\ufffd\p{Surrogate}]/u

const NAMES_MAX_CHARACTERS = SECRETS_MAX * SECRET_MAX_CHARACTERS

/** The secret of a webhook, or a list of names of secrets: which of the two is for others to say. */
export const WEBHOOK_SECRET_OR_NAMES: ValueType<string> = {
  allowed: `a secret of at most ${SECRET_MAX_CHARACTERS} characters that is not blank; with KMS_KEYS a comma-separated list of at most ${SECRETS_MAX} names of secrets`,
  parse: (text) => (text.length > NAMES_MAX_CHARACTERS ? unparsed('it is too long') : parsed(text)),
}

/** The secret of a webhook, byte for byte. */
export const WEBHOOK_SECRET: ValueType<string> = {
  allowed: `a secret of at most ${SECRET_MAX_CHARACTERS} characters that is not blank`,
  parse: (text) => {
    if (text.trim() === '') return unparsed('it is blank')
    if (text.length > SECRET_MAX_CHARACTERS) return unparsed('it is too long')
    return NOT_UTF8.test(text) ? unparsed('it is not text in UTF-8') : parsed(text)
  },
}

/** Further secrets of a webhook, byte for byte; JSON, because a secret may hold any character. */
export const WEBHOOK_SECRETS: ValueType<readonly string[]> = {
  allowed: `a JSON list of at most ${SECRETS_MAX} secrets, none of them blank`,
  parse: (text) => {
    if (text.length > SECRETS_MAX_CHARACTERS) return unparsed('the text is too long')
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return unparsed('not JSON')
    }
    return Array.isArray(value) ? readSecrets(value) : unparsed('not a list')
  },
}

function readSecrets(items: readonly unknown[]): Parsed<readonly string[]> {
  if (items.length > SECRETS_MAX) return unparsed(`more than ${SECRETS_MAX} entries`)
  const secrets: string[] = []
  for (const [index, item] of items.entries()) {
    const place = `entry ${index + 1}`
    if (typeof item !== 'string') return unparsed(`${place} is not a string`)
    const secret = WEBHOOK_SECRET.parse(item)
    if (!secret.ok) return unparsed(`${place} is not valid: ${secret.problem ?? ''}`)
    secrets.push(secret.value)
  }
  return parsed(secrets)
}
