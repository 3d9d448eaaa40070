import { isLongerThan } from './text-length.ts'

/** Whether a value of a token may be looked at further; `problem` names the rule that it breaks, never the value. */
export type TokenSyntaxVerdict = { readonly ok: true } | { readonly ok: false; readonly problem: string }

/** The longest issuer, subject or audience, in characters (code points). */
export const TOKEN_VALUE_MAX_CHARACTERS = 255

/** The longest segment of an issuer's path, in characters. */
export const ISSUER_SEGMENT_MAX_CHARACTERS = 150

export interface IssuerSyntaxOptions {
  /** Lets `http` through for the loopback hosts, which must be spelled `localhost`, `127.0.0.1` or `[::1]`. */
  readonly allowLoopback: boolean
}

/**
 * The parts of an issuer, on the raw text: `new URL` would rewrite other scripts, percent escapes, backslashes and tabs
 * to a host that was never written. Each part lists what it may hold, so a query, a fragment, userinfo, white space
 * and anything outside ASCII match nothing.
 */
const ISSUER =
  /^([Hh][Tt][Tt][Pp][Ss]?):\/\/([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?((?:\/[A-Za-z0-9._~/-]*)?)$/

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Letters, marks, numbers, punctuation and symbols: no white space, control, format, private or unassigned character. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]*$/u

const SUBJECT_FORBIDDEN = /["'`\\<>;&$(){}[\]]/
const AUDIENCE_FORBIDDEN = /["'`\\<>;|&$(){}[\]@]/

/**
 * Whether `value` can be an issuer that is asked for its keys: an `https` URL of host, port and path alone, at most
 * 255 characters (OpenID Connect Core 1.0, section 2, `iss`). Syntax only: the address behind it is checked elsewhere.
 */
export function checkIssuer(value: string, options: IssuerSyntaxOptions): TokenSyntaxVerdict {
  const length = checkLength(value)
  if (!length.ok) return length
  const [, scheme, host, path] = ISSUER.exec(value) ?? []
  if (scheme === undefined || host === undefined || path === undefined) {
    return refuse('must be an https URL of a host, an optional port and an optional path')
  }
  if (scheme.toLowerCase() === 'http' && !(options.allowLoopback && LOOPBACK_HOSTS.has(host))) {
    return refuse('must use https')
  }
  if (!URL.canParse(value)) return refuse('must have a valid host and port')
  return checkIssuerPath(path)
}

/** Whether `value` can be a subject: 1 to 255 printable characters without quotes, brackets and shell syntax. */
export function checkSubject(value: string): TokenSyntaxVerdict {
  return checkPrintable(value, SUBJECT_FORBIDDEN)
}

/** Whether `value` can be an audience: as a subject, and without `|` and `@`. */
export function checkAudience(value: string): TokenSyntaxVerdict {
  return checkPrintable(value, AUDIENCE_FORBIDDEN)
}

function checkIssuerPath(path: string): TokenSyntaxVerdict {
  if (path.includes('..')) return refuse('must not have .. in its path')
  if (path.includes('//')) return refuse('must not have // in its path')
  if (path.includes('~~') || path.endsWith('~'))
    return refuse('must not have ~~ in its path, or ~ at its end')
  const segments = path.split('/')
  if (segments.includes('.') || segments.includes('~'))
    return refuse('must not have . or ~ as a path segment')
  if (segments.some((segment) => segment.length > ISSUER_SEGMENT_MAX_CHARACTERS)) {
    return refuse(`must not have a path segment of more than ${ISSUER_SEGMENT_MAX_CHARACTERS} characters`)
  }
  return { ok: true }
}

function checkPrintable(value: string, forbidden: RegExp): TokenSyntaxVerdict {
  const length = checkLength(value)
  if (!length.ok) return length
  if (!PRINTABLE.test(value)) return refuse('must be printable, without white space')
  if (forbidden.test(value)) return refuse('must not have quotes, brackets or shell syntax')
  return { ok: true }
}

function checkLength(value: string): TokenSyntaxVerdict {
  if (value === '') return refuse('must not be empty')
  return isLongerThan(value, TOKEN_VALUE_MAX_CHARACTERS)
    ? refuse(`must not have more than ${TOKEN_VALUE_MAX_CHARACTERS} characters`)
    : { ok: true }
}

function refuse(problem: string): TokenSyntaxVerdict {
  return { ok: false, problem }
}
