import { isTooLong } from './expression/expression.ts'

/** The claims of a token, as parsed from its JSON. Members may be called `__proto__` or `constructor`. */
export type Claims = Readonly<Record<string, unknown>>

/** From here on, neighbouring integers are the same number. */
const NUMBER_LIMIT = 2 ** 53

/** A claim of the token itself, never of an object's prototype. Undefined when it is not there. */
export function claimOf(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined
}

/** The audiences of a token: `aud` is one of them, or a list (RFC 7519, section 4.1.3). */
export function audiencesOf(claims: Claims): readonly unknown[] {
  const audience = claimOf(claims, 'aud')
  if (audience === undefined) return []
  return Array.isArray(audience) ? audience : [audience]
}

/**
 * The text that a single claim value is matched as: strings as they are, booleans as `true` and `false`, numbers
 * below 2^53 in their shortest decimal form. Undefined for everything else, and for text that is too long to match.
 */
function textOfValue(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return isTooLong(value) ? undefined : value
    case 'boolean':
      return value ? 'true' : 'false'
    case 'number':
      return Math.abs(value) < NUMBER_LIMIT ? decimalOf(value) : undefined
    default:
      return undefined
  }
}

/** Whether the claim value, or one element of it, matches. What cannot be matched does not. */
export function someMatch(value: unknown, matches: (text: string) => boolean): boolean {
  if (Array.isArray(value)) return value.some((element) => isMatch(element, matches))
  return isMatch(value, matches)
}

/** Whether the claim value, or one element of it, matches or cannot be matched, so that nothing shows it does not. */
export function someMayMatch(value: unknown, matches: (text: string) => boolean): boolean {
  const mayMatch = (single: unknown): boolean => {
    const text = textOfValue(single)
    return text === undefined || matches(text)
  }
  return Array.isArray(value) ? value.some(mayMatch) : mayMatch(value)
}

/** A claim value for people. Undefined when there is none. */
export function describeValue(value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (Array.isArray(value)) return `[${value.map(describeSingle).join(', ')}]`
  return describeSingle(value)
}

function describeSingle(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value)
  return Array.isArray(value) ? 'a list' : 'an object'
}

function isMatch(value: unknown, matches: (text: string) => boolean): boolean {
  const text = textOfValue(value)
  return text !== undefined && matches(text)
}

/** JavaScript's shortest digits, without an exponent: it writes one below 1e-6. */
function decimalOf(value: number): string {
  const text = String(value)
  const [digits = '', exponent] = text.split('e-')
  if (exponent === undefined) return text
  const sign = digits.startsWith('-') ? '-' : ''
  return `${sign}0.${'0'.repeat(Number(exponent) - 1)}${digits.replace(/[-.]/g, '')}`
}
