import { StsError } from '#pkg/errors'
import { redact } from './redact.ts'

/** A JSON value that is safe to log. */
export type Loggable =
  string | number | boolean | null | readonly Loggable[] | { readonly [name: string]: Loggable }

/** Objects, lists and causes nested deeper than this are replaced by a mark. */
export const LOGGED_DEPTH_MAX = 8
/** One log line holds at most this many values. */
export const LOGGED_VALUES_MAX = 2_000
/** After this many characters of values and names no more are added to a log line. */
export const LOGGED_CHARACTERS_MAX = 65_536

const CUT = '[cut]'
const UNREADABLE = '[unreadable]'
const ERROR_MEMBERS = ['name', 'message', 'code', 'errno', 'syscall', 'stack', 'cause', 'errors']
const STS_ERROR_MEMBERS = ['name', 'message', 'code', 'reason', 'detail', 'retryAfterMs', 'stack', 'cause']

/** What may still be added. Shared by all that one call copies, so that the whole is bounded. */
interface Budget {
  values: number
  characters: number
}

/**
 * A copy of `fields` that can be logged: plain JSON, every string through {@link redact} (names of members
 * too), errors with their causes, bounded in depth, in values and in characters. Never throws and calls no
 * `toJSON`: what cannot be read is replaced by a mark. Members that are undefined are left out.
 */
export function toLoggable(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, Loggable>> {
  const budget = { values: LOGGED_VALUES_MAX, characters: LOGGED_CHARACTERS_MAX }
  try {
    return copyMembers(fields, Object.keys(fields), 1, budget)
  } catch {
    return { fields: UNREADABLE }
  }
}

function copy(value: unknown, depth: number, budget: Budget): Loggable {
  switch (typeof value) {
    case 'string':
      return copyText(value, budget)
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'bigint':
      return copyText(value.toString(), budget)
    case 'object':
      return copyObject(value, depth, budget)
    default:
      return `[${typeof value}]`
  }
}

function copyText(text: string, budget: Budget): string {
  const clean = redact(text)
  budget.characters -= clean.length
  return clean
}

function copyObject(value: object | null, depth: number, budget: Budget): Loggable {
  if (value === null) return null
  if (depth >= LOGGED_DEPTH_MAX) return CUT
  try {
    if (value instanceof StsError) return copyMembers(value, STS_ERROR_MEMBERS, depth + 1, budget)
    if (value instanceof Error) return copyMembers(value, ERROR_MEMBERS, depth + 1, budget)
    if (value instanceof Date) return value.toISOString()
    if (value instanceof URL) return copyText(value.href, budget)
    if (value instanceof Map || value instanceof Set) return `[${value.size} entries]`
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
    if (Array.isArray(value)) return copyItems(value, depth + 1, budget)
    return copyMembers(value, Object.keys(value), depth + 1, budget)
  } catch {
    // A getter or a proxy trap threw, or a date is invalid. What is logged must not make logging fail.
    return UNREADABLE
  }
}

function copyItems(items: readonly unknown[], depth: number, budget: Budget): Loggable {
  const copies: Loggable[] = []
  for (const item of items) {
    if (!spend(budget)) return [...copies, CUT]
    copies.push(copy(item, depth, budget))
  }
  return copies
}

function copyMembers(
  source: object,
  names: readonly string[],
  depth: number,
  budget: Budget,
): Readonly<Record<string, Loggable>> {
  const members: Record<string, Loggable> = {}
  for (const name of names) {
    if (!spend(budget)) {
      members[CUT] = true
      break
    }
    const value = read(source, name)
    if (value !== undefined) define(members, copyText(name, budget), copy(value, depth, budget))
  }
  return members
}

/** An own property whatever its name: `__proto__` is a member like any other. */
function define(members: Record<string, Loggable>, name: string, value: Loggable): void {
  if (name === '__proto__') {
    Object.defineProperty(members, name, { value, enumerable: true, configurable: true, writable: true })
  } else {
    members[name] = value
  }
}

function read(source: object, name: string): unknown {
  try {
    return Reflect.get(source, name)
  } catch {
    return UNREADABLE
  }
}

function spend(budget: Budget): boolean {
  budget.values -= 1
  return budget.values >= 0 && budget.characters > 0
}
