import assert from 'node:assert/strict'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { parse } from 'yaml'
import {
  issuerListSchema,
  judgeDocument,
  lintTrustPolicy,
  readTrustPolicy,
  trustPolicySchema,
  type Diagnostic,
  type Judgement,
} from '#pkg/policy'
import { documentPieces, documents, type Level } from './support/policy-documents.ts'
import { fuzz } from './support/fuzz.ts'

/** More findings than this help nobody. */
const DIAGNOSTICS_MAX = 100
/** A message names at most a field and a few values, each of which is cut. */
const MESSAGE_MAX_CHARACTERS = 2_000

const ajv = new Ajv2020({ strict: false, allowUnionTypes: true })
const SCHEMAS: Readonly<Record<Level, ValidateFunction>> = {
  repository: ajv.compile(trustPolicySchema('repository')),
  organization: ajv.compile(trustPolicySchema('organization')),
  'issuer-list': ajv.compile(issuerListSchema()),
}

function judge(level: Level, document: Uint8Array | string): Judgement {
  return judgeDocument({ level, document, tokens: [] })
}

/** Every finding is for one line of people, and is about a place that the document has. */
function assertPlaced(diagnostics: readonly Diagnostic[], document: string): void {
  const lines = document.replace(/^\ufeff/, '').split(/\r\n?|\n/)
  assert.ok(diagnostics.length <= DIAGNOSTICS_MAX)
  for (const { line, column, message, code } of diagnostics) {
    assert.ok(line >= 1 && line <= lines.length, `${code} is on line ${line}`)
    assert.ok(column >= 1 && column <= (lines[line - 1] ?? '').length + 1, `${code} is at ${line}:${column}`)
    assert.ok(message.length <= MESSAGE_MAX_CHARACTERS && message.isWellFormed())
    assert.match(code, /^[a-z][a-z0-9_]*$/)
    assert.ok(!/[\n\r]/.test(message), 'a message is one line')
  }
  const places = diagnostics.map(({ line, column }) => line * 100_000 + column)
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  )
}

const isError = ({ severity }: Diagnostic): boolean => severity === 'error'

fuzz('a document is valid or has an error, and every finding has a place in it', 400, () =>
  fc.property(documents, ({ level, document }) => {
    const { verdict, value, diagnostics } = judge(level, document)
    assertPlaced(diagnostics, document)
    assert.equal(value === undefined, verdict === 'invalid')
    assert.equal(diagnostics.some(isError), verdict === 'invalid')
  }),
)

fuzz('any pieces in any order are valid or have an error with a place', 250, () =>
  fc.property(
    fc.array(documentPieces, { maxLength: 150 }),
    fc.constantFrom<Level>('repository', 'organization', 'issuer-list'),
    (pieces, level) => {
      const document = pieces.join('')
      const { verdict, diagnostics } = judge(level, document)
      assertPlaced(diagnostics, document)
      assert.equal(diagnostics.some(isError), verdict === 'invalid')
    },
  ),
)

fuzz(
  'a document says the same twice, as bytes, with other line breaks and behind a byte order mark',
  150,
  () =>
    fc.property(documents, ({ level, document }) => {
      const first = judge(level, document)
      assert.deepEqual(judge(level, document), first)
      if (!document.isWellFormed()) return
      assert.deepEqual(judge(level, new TextEncoder().encode(document)), first)
      const plain = document.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
      // With longer line breaks, a long document is too long.
      if (plain.startsWith('\ufeff') || plain.length > 10_000) return
      for (const same of [
        plain,
        plain.replaceAll('\n', '\r\n'),
        plain.replaceAll('\n', '\r'),
        `\ufeff${plain}`,
      ]) {
        assert.deepEqual(judge(level, same), first)
      }
    }),
)

fuzz('a valid policy grants something, in levels that exist, to repositories that it names', 300, () =>
  fc.property(documents, ({ level, document }) => {
    if (level === 'issuer-list') return
    const reading = readTrustPolicy(document, { level })
    if (!reading.ok) return
    const { issuer, subject, audience, claims, forbiddenClaims, positions } = reading.value
    const { source } = reading.value
    const levels = Object.values(source.permissions)
    assert.ok(levels.length > 0 && levels.every((it) => ['read', 'write', 'admin'].includes(it)))
    if (source.repositories !== undefined) {
      assert.ok(level === 'organization' && source.repositories.length > 0)
      for (const name of source.repositories) assert.match(name, /^[\w.-]+$/)
    }
    for (const [matcher, exact] of [
      [issuer, source.issuer],
      [subject, source.subject],
      [audience, source.audience],
    ] as const) {
      assert.equal(matcher?.kind === 'exact' ? matcher.value : undefined, exact)
    }
    assert.deepEqual(
      claims.map(({ claim, expression }) => [claim, expression.pattern]),
      Object.entries(source.claim_pattern ?? {}),
    )
    assert.deepEqual(
      forbiddenClaims.map(({ claim, expression }) => [claim, expression.pattern]),
      Object.entries(source.forbidden_claim_pattern ?? {}),
    )
    const lines = document.replace(/^\ufeff/, '').split(/\r\n?|\n/)
    for (const { line, column } of positions.values()) {
      assert.ok(column <= (lines[line - 1] ?? assert.fail('no such line')).length + 1)
    }
  }),
)

fuzz('a field that is not one makes any document invalid', 150, () =>
  fc.property(documents, fc.stringMatching(/^zz[a-z_]{4,12}$/), ({ level, document }, name) => {
    const { verdict } = judge(level, document)
    // In front, for a document may end inside of a value; one that begins with brackets has no such place.
    const { verdict: changed, diagnostics } = judge(level, `${name}: 1\n${document.replace(/^\ufeff/, '')}`)
    assert.equal(changed, 'invalid')
    if (verdict === 'invalid' || !/^[a-z_]+:/.test(document)) return
    assert.deepEqual(
      diagnostics.filter(isError).map(({ code, line, column }) => `${line}:${column} ${code}`),
      ['1:1 unknown_field'],
    )
  }),
)

fuzz('the schema for editors refuses nothing that is valid', 400, () =>
  fc.property(documents, ({ level, document }) => {
    if (judge(level, document).verdict === 'invalid') return
    const validate = SCHEMAS[level]
    // Numbers beyond those of JSON are for no schema.
    const value: unknown = parse(document.replace(/\r\n?/g, '\n'), (_, member: unknown) =>
      typeof member === 'number' && !Number.isFinite(member) ? String(member) : member,
    )
    assert.ok(validate(value), JSON.stringify(validate.errors))
  }),
)

fuzz('lints find places in any valid policy, and a strict server refuses by them alone', 150, () =>
  fc.property(documents, ({ level, document }) => {
    if (level === 'issuer-list') return
    const reading = readTrustPolicy(document, { level })
    const strict = readTrustPolicy(document, { level, strict: true })
    if (!reading.ok) {
      assert.deepEqual(strict, reading)
      return
    }
    const lints = lintTrustPolicy(reading.value, { orgPolicyRepo: '.github' })
    assertPlaced(lints, document)
    assert.ok(!lints.some(isError))
    const refusing = lints.filter(({ code }) => STRICT_CODES.includes(code))
    assert.equal(strict.ok, refusing.length === 0)
    assert.deepEqual(
      strict.diagnostics.filter(isError).map(({ code }) => code),
      refusing.map(({ code }) => code),
    )
  }),
)

const STRICT_CODES = ['any_audience', 'issuer_past_host', 'tenant_not_pinned']
