import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { checkAudience, checkIssuer, checkSubject } from '#pkg/policy'
import type { TokenSyntaxVerdict } from '../../pkg/policy/token-syntax.ts'
import { readVectorRows } from './support/vectors.ts'

interface SyntaxRow {
  readonly allow_loopback_issuers?: boolean
  readonly tokens: readonly Readonly<Record<string, unknown>>[]
  readonly verdicts: readonly string[]
}

/** The text of a claim that holds one, also as a list of one. */
function textOf(claim: unknown): string {
  const text: unknown = Array.isArray(claim) ? claim[0] : claim
  assert.ok(typeof text === 'string')
  return text
}

type Check = (value: string, row: SyntaxRow) => TokenSyntaxVerdict

const CHECKS: readonly (readonly [file: string, rows: number, claim: string, check: Check])[] = [
  [
    'issuer-syntax.jsonl',
    71,
    'iss',
    (value, row) => checkIssuer(value, { allowLoopback: row.allow_loopback_issuers ?? false }),
  ],
  ['subject-syntax.jsonl', 42, 'sub', checkSubject],
  ['audience-syntax.jsonl', 42, 'aud', checkAudience],
]

for (const [file, count, claim, check] of CHECKS) {
  describe(`the syntax of ${claim}`, () => {
    const rows = readVectorRows(file) as readonly SyntaxRow[]
    it('has vectors', () => {
      assert.equal(rows.length, count)
    })
    for (const row of rows) {
      for (const [index, token] of row.tokens.entries()) {
        const value = textOf(token[claim])
        it(`is ${String(row.verdicts[index])} for ${JSON.stringify(value.slice(0, 80))}`, () => {
          assert.equal(check(value, row).ok, row.verdicts[index] !== 'token_invalid')
        })
      }
    }

    it('is a verdict for any text', () => {
      fc.assert(
        fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (value) => {
          const verdict = check(value, { tokens: [], verdicts: [] })
          assert.ok(verdict.ok || verdict.problem !== '')
        }),
      )
    })
  })
}

describe('checkIssuer', () => {
  const longPath = `/${'a'.repeat(150)}`
  const allowed: readonly string[] = [
    'https://a',
    'https://EXAMPLE.com',
    'HTTPS://example.com',
    'https://localhost',
    'https://127.0.0.1:8443/x',
    'https://[::1]',
    'https://[2001:db8::1]:443/x',
    'https://[::ffff:192.0.2.1]',
    'https://a_b.example.com',
    'https://example.com:65535',
    'https://example.com:0',
    'https://example.com/.well-known',
    'https://example.com/a.b/c-d/e_f',
    'https://example.com/a/',
    'https://example.com/~a',
    `https://example.com${longPath}`,
  ]
  for (const value of allowed) {
    it(`allows ${value.slice(0, 60)}`, () => {
      assert.deepEqual(checkIssuer(value, { allowLoopback: false }), { ok: true })
    })
  }

  const refused: readonly string[] = [
    'https://',
    'https://:443',
    'https://example.com:',
    'https://example.com:123456',
    'https://example.com:65536',
    'https://example.com?',
    'https://example.com#',
    'https://example.com/#',
    'https://example.com/?',
    'https://user@example.com',
    'https://user:pass@example.com',
    'https://@example.com',
    'https://1.2.3.4.5',
    'https://256.1.1.1',
    'https://[::1]x',
    'https://[::1]:',
    'https://[]',
    'https://[1.2.3.4]',
    'https://[::1%25lo]',
    'https://[v1.x]',
    'https://example.com/a/../b',
    'https://example.com/a/./b',
    'https://example.com/~/b',
    'https://example.com/a~~b/c',
    'https://example.com//',
    'https://example.com/a%2fb',
    'https://example.com/a\\b',
    'https://example.com\n',
    'https://example.com\r\n',
    '\ufeffhttps://example.com',
    'https://example.com/\ud800',
    'https://exampl\u212a.com',
    'httpſ://example.com',
    `https://example.com${longPath}a`,
    `https://${'a'.repeat(60)}.test/${'b/'.repeat(100)}`,
    'http://example.com',
    'http://127.0.0.1',
    'wss://example.com',
    'javascript:alert(1)',
  ]
  for (const value of refused) {
    it(`refuses ${JSON.stringify(value.slice(0, 60))}`, () => {
      assert.equal(checkIssuer(value, { allowLoopback: false }).ok, false)
    })
  }

  it('counts 255 characters as the longest', () => {
    const path = `/${'a'.repeat(100)}`.repeat(2)
    const longest = `https://${'a'.repeat(255 - 8 - path.length)}${path}`
    assert.equal(checkIssuer(longest, { allowLoopback: false }).ok, true)
    assert.equal(checkIssuer(`${longest}a`, { allowLoopback: false }).ok, false)
  })

  it('lets plain http through for the loopback hosts as they are spelled, if told so', () => {
    const http = (host: string): boolean => checkIssuer(`http://${host}`, { allowLoopback: true }).ok
    assert.deepEqual(['localhost', '127.0.0.1', '[::1]', '[::1]:8080/x'].map(http), [true, true, true, true])
    for (const host of [
      'LOCALHOST',
      'localhost.',
      '127.1',
      '2130706433',
      '127.0.0.2',
      '[0::1]',
      '::1',
      'a.localhost',
    ]) {
      assert.equal(http(host), false, host)
    }
  })
})

describe('checkSubject and checkAudience', () => {
  it('differ in | and @ alone', () => {
    for (let codePoint = 1; codePoint < 0x3000; codePoint += 1) {
      const value = `a${String.fromCodePoint(codePoint)}b`
      const [subject, audience] = [checkSubject(value).ok, checkAudience(value).ok]
      assert.equal(
        subject !== audience,
        '|@'.includes(String.fromCodePoint(codePoint)),
        JSON.stringify(value),
      )
      if (codePoint < 0x80)
        assert.equal(subject, /[!#%*+,\-./0-9:=?@A-Z^_a-z|~]/.test(String.fromCodePoint(codePoint)))
    }
  })

  for (const value of [
    '\u00ad',
    '\u202e',
    '\u200d',
    '\ud800',
    '\udbff\udfff',
    '\u0085',
    '\u1680',
    '\u{e0041}',
    '\u0378',
  ]) {
    it(`refuse ${JSON.stringify(value)}, which is not printable`, () => {
      assert.deepEqual([checkSubject(`a${value}b`).ok, checkAudience(`a${value}b`).ok], [false, false])
    })
  }

  it('count code points', () => {
    assert.equal(checkSubject('😀'.repeat(255)).ok, true)
    assert.equal(checkSubject('😀'.repeat(256)).ok, false)
    assert.equal(checkAudience('a'.repeat(255)).ok, true)
    assert.equal(checkAudience('a'.repeat(1_000_000)).ok, false)
  })
})
