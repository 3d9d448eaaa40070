import { isObject } from './route.ts'

/** What a request's body has to look like. */
export type RequestSchema =
  | {
      readonly type: 'string'
      /** Characters; default any number. */
      readonly maxLength?: number
      readonly oneOf?: readonly string[]
      readonly format?: 'date-time'
    }
  | { readonly type: 'integer' }
  | { readonly type: 'array'; readonly items: RequestSchema; readonly maxItems?: number }
  | {
      readonly type: 'object'
      readonly properties: Readonly<Record<string, RequestSchema>>
      readonly required: readonly string[]
    }

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

/** Characters of a value that a complaint repeats. */
const SHOWN_MAX = 100

/** What is wrong with a value in GitHub's words, or undefined. Members the schema does not name are ignored. */
export function complaintAbout(value: unknown, schema: RequestSchema, at: string): string | undefined {
  switch (schema.type) {
    case 'string':
      return typeof value === 'string'
        ? complaintAboutText(value, schema, at)
        : wrongType(value, 'string', at)
    case 'integer':
      return Number.isInteger(value) ? undefined : wrongType(value, 'integer', at)
    case 'array':
      return Array.isArray(value) ? complaintAboutList(value, schema, at) : wrongType(value, 'array', at)
    case 'object':
      return isObject(value) ? complaintAboutMembers(value, schema, at) : wrongType(value, 'object', at)
  }
}

function complaintAboutText(
  text: string,
  { maxLength, oneOf, format }: RequestSchema & { readonly type: 'string' },
  at: string,
): string | undefined {
  const { length } = Array.from(text)
  if (maxLength !== undefined && length > maxLength) {
    return `Only ${maxLength} characters are allowed; ${length} were supplied.`
  }
  if (oneOf !== undefined && !oneOf.includes(text)) {
    return `For 'properties/${at}', ${JSON.stringify(text)} is not a member of ${JSON.stringify(oneOf)}.`
  }
  return format === 'date-time' && (!DATE_TIME.test(text) || Number.isNaN(Date.parse(text)))
    ? `For 'properties/${at}', ${JSON.stringify(text)} is not a valid date-time.`
    : undefined
}

function complaintAboutList(
  list: readonly unknown[],
  { items, maxItems }: RequestSchema & { readonly type: 'array' },
  at: string,
): string | undefined {
  if (maxItems !== undefined && list.length > maxItems) {
    return `No more than ${maxItems} items are allowed; ${list.length} were supplied.`
  }
  return first(list.map((item, index) => () => complaintAbout(item, items, `${at}/${index}`)))
}

function complaintAboutMembers(
  value: Readonly<Record<string, unknown>>,
  { properties, required }: RequestSchema & { readonly type: 'object' },
  at: string,
): string | undefined {
  const missing = required.filter((name) => value[name] === undefined)
  if (missing.length > 0) return missing.map((name) => `"${name}" wasn't supplied.`).join('\n')
  return first(
    Object.entries(properties).map(([name, schema]) => () => {
      const member = value[name]
      return member === undefined
        ? undefined
        : complaintAbout(member, schema, at === '' ? name : `${at}/${name}`)
    }),
  )
}

function wrongType(value: unknown, type: string, at: string): string {
  const shown = value === null ? 'nil' : JSON.stringify(value)
  return `For 'properties/${at}', ${shown.slice(0, SHOWN_MAX)} is not ${/^[aio]/.test(type) ? 'an' : 'a'} ${type}.`
}

function first(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const complaint = check()
    if (complaint !== undefined) return complaint
  }
  return undefined
}
