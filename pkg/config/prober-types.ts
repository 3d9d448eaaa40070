import { isIdentity, parseScope } from '#pkg/policy'
import { parsed, unparsed, type ValueType } from './value-type.ts'

const AUTHORIZATION_MAX_CHARACTERS = 1_024

/** An identity: the name of a policy file before `.sts.yaml`. */
export const IDENTITY: ValueType<string> = {
  allowed: 'an identity (letters, digits, ".", "_" and "-")',
  parse: (text) => (isIdentity(text) ? parsed(text) : unparsed()),
}

/** One repository with its owner; the prober reads its contents and its issues. */
export const REPOSITORY_SCOPE: ValueType<string> = {
  allowed: 'a repository as owner/name',
  parse: (text) => (parseScope(text)?.repository === undefined ? unparsed() : parsed(text)),
}

/** The whole value of an `Authorization` header, as one can arrive: HTTP drops white space around it. */
export const AUTHORIZATION_HEADER: ValueType<string> = {
  allowed: `the value of a header: at most ${AUTHORIZATION_MAX_CHARACTERS} printable ASCII characters`,
  parse: (text) => {
    if (text.length > AUTHORIZATION_MAX_CHARACTERS) return unparsed('it is too long')
    if (!/^[\x20-\x7e]+$/.test(text)) return unparsed('it has a character that no header can carry')
    return text === text.trim() ? parsed(text) : unparsed('it begins or ends with white space')
  },
}

/** What authorizes a job at the provider of its token. */
export const BEARER: ValueType<string> = {
  allowed: 'a token as GitHub Actions sets it',
  parse: (text) =>
    /^[\x21-\x7e]+$/.test(text) ? parsed(text) : unparsed('it has white space or characters of no token'),
}
