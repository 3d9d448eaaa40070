import assert from 'node:assert/strict'
import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { StsError } from '#pkg/errors'
import { readFields, type ExchangeFields, type FieldSources } from '../../pkg/transport/exchange-fields.ts'
import { edited } from './support/edits.ts'
import { fuzz } from './support/fuzz.ts'

const FORM = 'application/x-www-form-urlencoded'

function read(sources: Partial<FieldSources>): ExchangeFields | undefined {
  try {
    return readFields({
      query: '',
      contentType: undefined,
      contentEncoding: undefined,
      body: Buffer.alloc(0),
      ...sources,
    })
  } catch (thrown) {
    assert.ok(thrown instanceof StsError && thrown.code === 'INVALID_REQUEST', String(thrown))
    return undefined
  }
}

const fieldName = fc.constantFrom(
  'scope',
  'scopes',
  'identity',
  'Scope',
  'aud',
  'cap',
  '__proto__',
  'sc ope',
  '',
)
const fieldValue = fc.oneof(
  fc.constantFrom('acme/app', 'acme', 'reader', '', '+', '%', '&', '=', 'é😀', '%2e%2e', '\0', 'a b'),
  fc.string({ unit: 'binary', maxLength: 8 }).filter((value) => value.isWellFormed()),
)
const pairs = fc.array(fc.tuple(fieldName, fieldValue), { maxLength: 5 })

/** What pairs mean: the two singular fields once at most, the list in order. */
function meaningOf(given: readonly (readonly [string, string])[]): ExchangeFields | undefined {
  const valuesOf = (name: string): string[] => given.filter(([it]) => it === name).map(([, value]) => value)
  const [scope, identity] = [valuesOf('scope'), valuesOf('identity')]
  if (scope.length > 1 || identity.length > 1) return undefined
  return { scope: scope[0] ?? '', scopes: valuesOf('scopes'), identity: identity[0] ?? '' }
}

const formOf = (given: readonly (readonly [string, string])[]): string =>
  new URLSearchParams(given.map(([name, value]): [string, string] => [name, value])).toString()

fuzz('fields mean the same in the query and in a form, and once in all', 800, () =>
  fc.property(pairs, pairs, fc.boolean(), (inQuery, inBody, isParameterized) => {
    const fields = read({
      query: formOf(inQuery),
      contentType: isParameterized ? `${FORM.toUpperCase()} ; charset=utf-8` : FORM,
      body: Buffer.from(formOf(inBody)),
    })
    assert.deepEqual(fields, meaningOf([...inQuery, ...inBody]))
  }),
)

/** A form by the letter of the URL standard, but strict about escapes and UTF-8. */
function readFormByTheLetter(text: string): readonly (readonly [string, string])[] | undefined {
  const decode = (part: string): string | undefined => {
    if (/%(?![0-9a-fA-F]{2})/.test(part) || !part.isWellFormed()) return undefined
    const bytes: number[] = []
    for (const [token] of part.matchAll(/%..|[^]/gu)) {
      if (token.length === 3 && token.startsWith('%')) bytes.push(Number.parseInt(token.slice(1), 16))
      else bytes.push(...Buffer.from(token === '+' ? ' ' : token))
    }
    // A byte that is escaped and one that is not never make one character together.
    const escapes = part.match(/(?:%..)+/g) ?? []
    return escapes.every(isEscapedUtf8) ? Buffer.from(bytes).toString() : undefined
  }
  const given: (readonly [string, string])[] = []
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const [, name = '', value = ''] = /^([^=]*)=?([^]*)$/.exec(pair) ?? []
    const [decodedName, decodedValue] = [decode(name), decode(value)]
    if (decodedName === undefined || decodedValue === undefined) return undefined
    given.push([decodedName, decodedValue])
  }
  return given
}

function isEscapedUtf8(escapes: string): boolean {
  return isUtf8(Buffer.from(escapes.replaceAll('%', ''), 'hex'))
}

const formText = edited(
  pairs.map(formOf),
  fc.constantFrom(
    '%',
    '%2',
    '%zz',
    '%C3',
    '%C3%A9',
    '%ED%A0%80',
    '%FF',
    '%00',
    '+',
    '&',
    '=',
    '&&',
    'scope=a',
    'scopes=b&',
    ';',
    '\xe9',
    '#',
    '%EF%BF%BD',
  ),
)

fuzz('a query is read by the letter, or refused', 800, () =>
  fc.property(formText, (query) => {
    const given = readFormByTheLetter(query)
    assert.deepEqual(read({ query }), given === undefined ? undefined : meaningOf(given))
  }),
)

/** Members of a JSON body, each name in one of its spellings. */
const member = fc.tuple(
  fc.constantFrom('scope', 'scopes', 'identity', 'identity_provider', 'x'),
  fc.nat({ max: 3 }),
  fc.oneof(
    fieldValue,
    fc.array(fieldValue, { maxLength: 3 }),
    fc.constantFrom<unknown>(
      null,
      1,
      true,
      {},
      { scope: 'x' },
      ['a', 1],
      [null],
      [{ identity: 'x' }],
      '":"',
      '\\',
    ),
  ),
)

function spell(name: string, spelling: number): string {
  if (spelling === 0) return JSON.stringify(name)
  const escaped = Array.from(name, (letter, index) =>
    index % spelling === 0 ? `\\u00${letter.charCodeAt(0).toString(16)}` : letter,
  )
  return `"${escaped.join('')}"`
}

fuzz('a JSON body means what its members say, and nothing twice', 500, () =>
  fc.property(
    fc.array(member, { maxLength: 5 }),
    fc.constantFrom('', ' ', '\n\t'),
    pairs,
    (members, space, inQuery) => {
      const body = `{${members
        .map(
          ([name, spelling, value]) =>
            `${space}${spell(name, spelling)}${space}:${space}${JSON.stringify(value)}`,
        )
        .join(`${space},`)}}`
      const fields = read({
        query: formOf(inQuery),
        contentType: 'application/json',
        body: Buffer.from(body),
      })
      const given: (readonly [string, string])[] = [...inQuery]
      let isWrong = false
      for (const field of ['scope', 'scopes', 'identity']) {
        const values = members.filter(([name]) => name === field).map(([, , value]) => value)
        if (values.length > 1) isWrong = true
        const [value = null] = values
        if (value === null) continue
        const entries: readonly unknown[] =
          field === 'scopes' ? (Array.isArray(value) ? value : [1]) : [value]
        for (const entry of entries) {
          if (typeof entry === 'string') given.push([field, entry])
          else isWrong = true
        }
      }
      assert.deepEqual(fields, isWrong ? undefined : meaningOf(given), body)
    },
  ),
)

const jsonText = edited(
  fc.constantFrom(
    '{"scope":"acme/app","identity":"reader"}',
    '{"scopes":["acme"],"identity":"reader","cap":[]}',
  ),
  fc.constantFrom(
    ...[
      '"',
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '\\',
      '\\"',
      '\\u0073',
      '\\ud800',
      '\n',
      ' ',
      '\0',
      '"scope":"x",',
      '"scop\\u0065":"y",',
    ],
    ...['[[[[', '{"a":', '\ufeff', '1e999', '-', 'null', '"scope"', '"__proto__":{"scope":"z"},', '\\\\'],
  ),
)

fuzz('any JSON body is refused, or has each field once', 800, () =>
  fc.property(jsonText, (body) => {
    const fields = read({ contentType: 'application/json', body: Buffer.from(body) })
    if (fields === undefined) return
    const value = JSON.parse(body === '' ? '{}' : body) as Readonly<Record<string, unknown>>
    assert.deepEqual(fields, {
      scope: (Object.hasOwn(value, 'scope') ? value['scope'] : null) ?? '',
      scopes: (Object.hasOwn(value, 'scopes') ? value['scopes'] : null) ?? [],
      identity: (Object.hasOwn(value, 'identity') ? value['identity'] : null) ?? '',
    })
  }),
)
