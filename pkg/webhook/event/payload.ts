import { isObjectId } from '#pkg/github'
import { isJsonObject } from '#pkg/jwt'

/** A JSON object of a payload, whose members are not yet judged. */
export type Fields = Readonly<Record<string, unknown>>

/** An object, or undefined for anything else. */
export function objectOf(value: unknown): Fields | undefined {
  return isJsonObject(value) ? value : undefined
}

/** The object at a path of members; undefined where any of them is not one. */
export function objectAt(fields: Fields | undefined, ...path: readonly string[]): Fields | undefined {
  let at = fields
  for (const name of path) at = objectOf(memberOf(at, name))
  return at
}

export function textAt(fields: Fields | undefined, name: string): string | undefined {
  const value = memberOf(fields, name)
  return typeof value === 'string' ? value : undefined
}

/** A number that can be an id of GitHub: a positive integer below 2^53. */
export function idAt(fields: Fields | undefined, name: string): number | undefined {
  const value = memberOf(fields, name)
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined
}

export function isTrueAt(fields: Fields | undefined, name: string): boolean {
  return memberOf(fields, name) === true
}

/** The objects of a list; undefined when the member is no list, or holds something else. */
export function objectsAt(fields: Fields | undefined, name: string): readonly Fields[] | undefined {
  const value: unknown = memberOf(fields, name)
  return Array.isArray(value) && value.every(isJsonObject) ? value : undefined
}

/** The texts of a list; undefined when the member is no list, or holds something else. */
export function textsAt(fields: Fields | undefined, name: string): readonly string[] | undefined {
  const value: unknown = memberOf(fields, name)
  return Array.isArray(value) && value.every((text) => typeof text === 'string') ? value : undefined
}

/** A time, in milliseconds since the epoch: GitHub writes seconds in some payloads and RFC 3339 in others. */
export function timeAt(fields: Fields | undefined, name: string): number | undefined {
  const value = memberOf(fields, name)
  const time = typeof value === 'number' ? value * 1000 : typeof value === 'string' ? Date.parse(value) : NaN
  return Number.isFinite(time) ? time : undefined
}

const NO_COMMIT = /^0+$/

/** The object id of a commit, null for the zeros that stand for no commit, undefined for anything else. */
export function commitAt(fields: Fields | undefined, name: string): string | null | undefined {
  const text = textAt(fields, name)
  if (!isObjectId(text)) return undefined
  return NO_COMMIT.test(text) ? null : text
}

function memberOf(fields: Fields | undefined, name: string): unknown {
  return fields !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined
}
