import { isUtf8 } from 'node:buffer'

/** Objects and arrays inside one another; real tokens have three levels. */
const JSON_MAX_DEPTH = 32

/**
 * Reads JSON that has exactly one meaning, or returns undefined.
 *
 * Stricter than `JSON.parse`: valid UTF-8 without a byte order mark, no member twice in any object
 * (RFC 7519, section 4, and RFC 7515, section 4), no lone surrogate in any string or name
 * (RFC 8259, section 8.2), and at most {@link JSON_MAX_DEPTH} levels. The result is frozen throughout.
 */
export function parseStrictJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) return undefined
  const text = bytes.toString('utf8')
  const members = countMembers(text)
  if (members === undefined) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  return freezeAndCount(value) === members ? value : undefined
}

/** Whether `value` is a JSON object. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The members of all objects in a JSON text: its colons outside of strings. Undefined when nested too
 * deep. For a text that is not JSON the number means nothing.
 */
function countMembers(text: string): number | undefined {
  let members = 0
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at)
        break
      case ':':
        members++
        break
      case '{':
      case '[':
        if (++depth > JSON_MAX_DEPTH) return undefined
        break
      case '}':
      case ']':
        depth--
        break
      default:
    }
  }
  return members
}

/** Where the string that begins at `start` has its closing quote; the end of the text if it has none. */
function endOfString(text: string, start: number): number {
  let end = start
  do end = text.indexOf('"', end + 1)
  while (end >= 0 && isEscaped(text, end))
  return end < 0 ? text.length : end
}

/** An odd number of backslashes escapes what follows; of an even number, each second one is escaped itself. */
function isEscaped(text: string, at: number): boolean {
  let first = at
  while (text[first - 1] === '\\') first--
  return (at - first) % 2 === 1
}

/**
 * The members that the parsed value kept; NaN when a string or a name has a lone surrogate. A member
 * that stood twice in the text was overwritten by its double, so this is then less than the text had.
 */
function freezeAndCount(value: unknown): number {
  if (typeof value === 'string') return value.isWellFormed() ? 0 : NaN
  if (typeof value !== 'object' || value === null) return 0
  let members = 0
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) members += freezeAndCount(item)
  } else {
    for (const name of Object.keys(value)) {
      members += name.isWellFormed() ? 1 + freezeAndCount(Reflect.get(value, name)) : NaN
    }
  }
  Object.freeze(value)
  return members
}
