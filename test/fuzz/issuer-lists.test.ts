import assert from 'node:assert/strict'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { issuerListSchema, permitsIssuer, readIssuerList } from '#pkg/policy'
import { fuzz } from './support/fuzz.ts'
import { style, writeYaml } from './support/policy-model.ts'

const validate = new Ajv2020({ strict: false, allowUnionTypes: true }).compile(issuerListSchema())

/** Parts of issuers and of patterns for them, those that reach past a host among them. */
const hostPattern = fc
  .array(
    fc.constantFrom(
      ...[
        'a',
        'b',
        '\\.',
        '[a-z]',
        '[^/]',
        '\\w',
        '(?:a|b)',
        '(a)',
        '\\d{2}',
        '-',
        '[^/]+',
        '[a-z0-9-]*',
        'a?',
        '\\pL',
      ],
      ...[
        '.',
        '.*',
        '[^a]',
        '\\W',
        '/',
        '/?',
        '(?:/a)?',
        '(?:a|/)',
        '[/a]',
        '\\S',
        '(?s:.)',
        '[^\\w]',
        '\\PL',
        '|',
        '$',
      ],
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => `https://${parts.join('')}\\.example`)

const hostText = fc.stringMatching(/^[a-c0-9.-]{1,6}$/)
const issuer = fc
  .tuple(hostText, fc.constantFrom('', '/x', '/x/y', ':443'))
  .map(([host, rest]) => `https://${host}${rest}`)

/** A host of somebody else, with the trusted one in its path, where a careless pattern finds it. */
const foreignIssuer = fc
  .tuple(
    hostText,
    fc.constantFrom('/', '/a', '/a/', '/b/a'),
    fc.constantFrom('.example', 'a.example', 'aa.example'),
  )
  .map((parts) => `https://${parts.join('')}`)

fuzz('no pattern of a list lets in a host that somebody else may have', 500, () =>
  fc.property(hostPattern, fc.array(foreignIssuer, { minLength: 1, maxLength: 8 }), (pattern, foreign) => {
    const reading = readIssuerList(JSON.stringify({ issuer_patterns: [pattern] }))
    if (!reading.ok) return
    for (const value of foreign) {
      // Every issuer of the pattern ends its host in .example, and has as many slashes as are written.
      if (!permitsIssuer(reading.value, value)) continue
      // What has a slash or a stroke of its own is not written as one.
      const branches = pattern.replace(/\[\^\/\]|\(\?:a\|b\)/g, '').split('|')
      const written = branches.map((branch) => branch.split('/').length)
      assert.ok(written.includes(value.split('/').length), value)
    }
  }),
)

const list = fc.record(
  {
    mode: fc.constantFrom('enforce', 'audit'),
    issuers: fc.array(issuer, { minLength: 1, maxLength: 4 }),
    issuer_patterns: fc.array(fc.constantFrom('https://[^/]+\\.b', 'https://a|https://b', 'https://a/[xy]'), {
      minLength: 1,
      maxLength: 3,
    }),
  },
  { requiredKeys: ['issuers'], noNullPrototype: true },
)

fuzz('a list has what it names, byte for byte, in both modes and however it is written', 200, () =>
  fc.property(list, style, fc.array(issuer), (source, choices, others) => {
    const document = writeYaml(source, choices)
    const reading = readIssuerList(document)
    if (source.issuers.some((value) => !URL.canParse(value))) {
      assert.ok(!reading.ok)
      return
    }
    assert.ok(reading.ok, `${document}\n${JSON.stringify(reading.diagnostics)}`)
    assert.ok(validate(source), JSON.stringify(validate.errors))
    assert.deepEqual(reading.value.source, source)
    assert.equal(reading.value.mode, source.mode ?? 'enforce')
    for (const value of [...source.issuers, ...others]) {
      const isNamed = source.issuers.includes(value)
      const isMatched = (source.issuer_patterns ?? []).some((pattern) =>
        new RegExp(`^(?:${pattern})$`).test(value),
      )
      assert.equal(permitsIssuer(reading.value, value), isNamed || isMatched, value)
      if (isNamed && !isMatched)
        assert.ok(!permitsIssuer(reading.value, `${value}/`) || others.includes(`${value}/`))
    }
  }),
)

fuzz('what the schema for editors refuses is no list', 300, () =>
  fc.property(
    list,
    fc.constantFrom('mode', 'issuers', 'issuer_patterns', 'issuer', '__proto__'),
    fc.oneof(
      fc.constantFrom<unknown>(
        null,
        [],
        {},
        ['a', 1],
        [42],
        [true],
        [1.5],
        0,
        '',
        'audit',
        ['https://A'],
        [['a']],
      ),
      fc.array(issuer),
      fc.array(hostPattern),
    ),
    style,
    (source, field, replaced, choices) => {
      const members = Object.entries(source).filter(([name]) => name !== field)
      const changed: unknown = Object.fromEntries([...members, [field, replaced]])
      const document = writeYaml(changed, choices)
      if (!validate(changed))
        assert.ok(!readIssuerList(document).ok, `${document}\n${JSON.stringify(validate.errors)}`)
    },
  ),
)
