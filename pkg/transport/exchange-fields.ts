import { StsError } from '#pkg/errors'

/** The fields of an exchange request, as a caller gave them. */
export interface ExchangeFields {
  /** Empty when absent. */
  readonly scope: string
  readonly scopes: readonly string[]
  /** Empty when absent. */
  readonly identity: string
}

/** Where the fields of a JSON request come from. */
export interface FieldSources {
  /** The query of the request target, without its `?`; empty when there is none. */
  readonly query: string
  readonly contentType: string | undefined
  readonly contentEncoding: string | undefined
  readonly body: Buffer
}

/** What a parameter cannot stand for itself with. */
const ENCODED = /[%+]/

type Parameters = readonly (readonly [name: string, value: string])[]

/**
 * Reads the fields from query and body together. Other names are ignored, as is the body of any other
 * type than a form or JSON. The names of the fields are the same in proto and in lowerCamelCase.
 *
 * @throws StsError `body_malformed` (also for the query), `field_repeated`
 */
export function readFields({ query, contentType, contentEncoding, body }: FieldSources): ExchangeFields {
  const parameters = [...parseParameters(query)]
  if (body.length > 0) {
    const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase()
    if (mediaType === 'application/x-www-form-urlencoded' || mediaType === 'application/json') {
      if (contentEncoding !== undefined && contentEncoding.trim().toLowerCase() !== 'identity') {
        throw malformed('content-encoding')
      }
      const text = decodeUtf8(body)
      parameters.push(...(mediaType === 'application/json' ? parseJson(text) : parseParameters(text)))
    }
  }
  return {
    scope: singular(parameters, 'scope'),
    scopes: parameters.filter(([name]) => name === 'scopes').map(([, value]) => value),
    identity: singular(parameters, 'identity'),
  }
}

function singular(parameters: Parameters, field: 'scope' | 'identity'): string {
  const values = parameters.filter(([name]) => name === field)
  if (values.length > 1) throw new StsError('field_repeated', { detail: { field } })
  return values[0]?.[1] ?? ''
}

/** `application/x-www-form-urlencoded`, strictly: a broken escape or invalid UTF-8 is refused, not replaced. */
function parseParameters(text: string): Parameters {
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const separator = pair.indexOf('=')
      return separator < 0
        ? [decodeParameter(pair), '']
        : [decodeParameter(pair.slice(0, separator)), decodeParameter(pair.slice(separator + 1))]
    })
}

function decodeParameter(text: string): string {
  if (!ENCODED.test(text)) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (cause) {
    throw malformed('percent-encoding', cause)
  }
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw malformed('utf-8', cause)
  }
}

function parseJson(text: string): Parameters {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The SyntaxError quotes the body, so it does not become the cause.
    throw malformed('json')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed('json')
  const names = topLevelNames(text)
  const parameters: [string, string][] = []
  for (const field of ['scope', 'identity', 'scopes']) {
    if (names.filter((name) => name === field).length > 1) {
      throw new StsError('field_repeated', { detail: { field } })
    }
    const member: unknown = Object.getOwnPropertyDescriptor(value, field)?.value
    // Protobuf's JSON mapping: null is the same as absent.
    if (member === undefined || member === null) continue
    const entries: unknown[] = field === 'scopes' ? listOf(member, field) : [member]
    for (const entry of entries) {
      if (typeof entry !== 'string') throw malformed(field)
      parameters.push([field, entry])
    }
  }
  return parameters
}

function listOf(value: unknown, field: string): unknown[] {
  if (!Array.isArray(value)) throw malformed(field)
  return value
}

// A string and the colon of a member, or one bracket.
const JSON_TOKEN = /"([^"\\]*(?:\\.[^"\\]*)*)"(\s*:)?|[[\]{}]/g

/** The names of the outermost members, repeated ones included, which JSON.parse hides. `text` is valid JSON. */
function topLevelNames(text: string): string[] {
  const names: string[] = []
  let depth = 0
  for (const [token, name, colon] of text.matchAll(JSON_TOKEN)) {
    if (token === '{' || token === '[') depth += 1
    else if (token === '}' || token === ']') depth -= 1
    else if (colon !== undefined && depth === 1 && name !== undefined) {
      names.push(name.includes('\\') ? String(JSON.parse(`"${name}"`)) : name)
    }
  }
  return names
}

function malformed(part: string, cause?: unknown): StsError {
  return new StsError('body_malformed', { detail: { part }, cause })
}
