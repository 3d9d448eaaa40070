import { checkAudience, checkIssuer, LIST_MAX_PATTERNS, readIssuerList, type Expression } from '#pkg/policy'
import { HTTPS_URL } from './url-types.ts'
import { listType, parsed, unparsed, type Parsed, type ValueType } from './value-type.ts'

const ISSUERS_MAX = 1_000
const ISSUER_PATTERNS_MAX_LENGTH = 65_536
const KEY_SET_OVERRIDES_MAX = 64

/** The audience that tokens must carry where a policy names none. */
export const DOMAIN: ValueType<string> = {
  allowed: 'a domain such as sts.example.com, as tokens have it in their audience',
  parse: (text) => {
    if (text.includes('/')) return unparsed('a domain without scheme and path is wanted')
    const verdict = checkAudience(text)
    return verdict.ok ? parsed(text) : unparsed(`it ${verdict.problem}`)
  },
}

/** An issuer, byte for byte as tokens have it. Loopback issuers pass here; a switch decides about them later. */
const ISSUER: ValueType<string> = {
  allowed: 'an issuer URL exactly as tokens have it, in lower case up to its path',
  parse: (text) => {
    const verdict = checkIssuer(text, { allowLoopback: true })
    if (!verdict.ok) return unparsed(`it ${verdict.problem}`)
    const beforePath = /^[^/]*\/\/[^/]*/.exec(text)?.[0] ?? ''
    return beforePath === beforePath.toLowerCase()
      ? parsed(text)
      : unparsed('its host has upper-case letters')
  },
}

/** Issuers that are compared byte for byte. */
export const ISSUERS = listType(ISSUER, ISSUERS_MAX)

/** Expressions for issuers, compiled: exactly what an organization's issuer list may have. */
export const ISSUER_PATTERNS: ValueType<readonly Expression[]> = {
  allowed: `a JSON list of at most ${LIST_MAX_PATTERNS} RE2 expressions that cannot reach past the host`,
  parse: (text) => {
    const patterns = readJsonStrings(text)
    if (!patterns.ok) return patterns
    // JSON is YAML: read as a list of its own, so that one set of rules decides about both.
    const list = readIssuerList(JSON.stringify({ issuer_patterns: patterns.value }))
    if (list.ok) return parsed(list.value.patterns)
    return unparsed(list.diagnostics.find(({ severity }) => severity === 'error')?.message)
  },
}

/** A key set that is used for an issuer in place of what the issuer advertises. */
interface KeySetOverride {
  readonly issuer: string
  /** An https URL, or the path of a file. */
  readonly location: string
}

const KEY_SET_OVERRIDE: ValueType<KeySetOverride> = {
  allowed: 'issuer=https://... or issuer=/path/of/a/file',
  parse: (text) => {
    const separator = text.indexOf('=')
    if (separator < 0) return unparsed('it has no =')
    const issuer = ISSUER.parse(text.slice(0, separator))
    if (!issuer.ok) return unparsed(`its issuer is not valid${issuer.problem ? `: ${issuer.problem}` : ''}`)
    const location = readLocation(text.slice(separator + 1))
    return location.ok ? parsed({ issuer: issuer.value, location: location.value }) : location
  },
}

const KEY_SET_OVERRIDE_LIST = listType(KEY_SET_OVERRIDE, KEY_SET_OVERRIDES_MAX)

/** Where key sets are, by issuer: an https URL or the path of a file. */
export const KEY_SET_OVERRIDES: ValueType<ReadonlyMap<string, string>> = {
  allowed: KEY_SET_OVERRIDE_LIST.allowed,
  parse: (text) => {
    const overrides = KEY_SET_OVERRIDE_LIST.parse(text)
    if (!overrides.ok) return overrides
    const locations = new Map(overrides.value.map(({ issuer, location }) => [issuer, location]))
    if (locations.size < overrides.value.length) return unparsed('an issuer has two key sets')
    return parsed(locations)
  },
}

/** Whether a location of {@link KEY_SET_OVERRIDES} is a file. */
export function isFileLocation(location: string): boolean {
  return !location.startsWith('https:')
}

function readLocation(text: string): Parsed<string> {
  if (text === '') return unparsed('nothing follows the =')
  if (text.includes('\0')) return unparsed('it has a NUL character')
  if (/^file:/i.test(text)) {
    return /^file:\/\/\/[^%?#]+$/i.test(text)
      ? parsed(text.slice('file://'.length))
      : unparsed('a file URL is file:///path, without % escapes')
  }
  return /^[a-z][a-z0-9+.-]*:/i.test(text) ? HTTPS_URL.parse(text) : parsed(text)
}

function readJsonStrings(text: string): Parsed<readonly string[]> {
  if (text.length > ISSUER_PATTERNS_MAX_LENGTH) return unparsed('the text is too long')
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return parsed(value)
    return unparsed('not a list of strings')
  } catch {
    return unparsed('not JSON')
  }
}
