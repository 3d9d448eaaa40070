import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DOCUMENT_MAX_BYTES, readDocumentText } from '../../pkg/policy/document/document-text.ts'

function codeOf(source: Uint8Array | string): string {
  const result = readDocumentText(source)
  return result.ok ? 'ok' : `${result.diagnostic.line}:${result.diagnostic.column} ${result.diagnostic.code}`
}

test('takes 32 KiB of UTF-8 and not a byte more', () => {
  const full = 'x'.repeat(DOCUMENT_MAX_BYTES)
  assert.equal(codeOf(full), 'ok')
  assert.equal(codeOf(`${full}x`), '1:1 too_large')
  assert.equal(codeOf(new TextEncoder().encode(full)), 'ok')
  assert.equal(codeOf(new TextEncoder().encode(`${full}x`)), '1:1 too_large')
  assert.equal(codeOf('é'.repeat(DOCUMENT_MAX_BYTES / 2)), 'ok')
  assert.equal(codeOf(`${'é'.repeat(DOCUMENT_MAX_BYTES / 2)}x`), '1:1 too_large')
})

const MALFORMED: readonly (readonly [string, readonly number[]])[] = [
  ['a cut sequence', [0x61, 0xc3]],
  ['a lone continuation byte', [0x80]],
  ['an overlong form', [0xc0, 0xaf]],
  ['a surrogate', [0xed, 0xa0, 0x80]],
  ['a code point beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
  ['UTF-16', [0xff, 0xfe, 0x61, 0x00]],
]
for (const [name, bytes] of MALFORMED) {
  test(`refuses bytes that are not UTF-8: ${name}`, () => {
    assert.equal(codeOf(Uint8Array.from(bytes)), '1:1 not_utf8')
  })
}

const ALLOWED = [
  '\t',
  '\n',
  '\r',
  ' ',
  '~',
  '\u00a0',
  '\u2027',
  '\u202a',
  '\ud7ff',
  '\ue000',
  '\ufffd',
  '\u{10000}',
  '\u{10ffff}',
]
for (const character of ALLOWED) {
  test(`takes the character ${JSON.stringify(character)}`, () => {
    assert.equal(codeOf(`a${character}b`), 'ok')
  })
}

const REFUSED = [
  '\0',
  '\x07',
  '\x1b',
  '\x7f',
  '\x80',
  '\x85',
  '\x9f',
  '\u2028',
  '\u2029',
  '\ud800',
  '\udfff',
  '\ufffe',
  '\uffff',
]
for (const character of REFUSED) {
  test(`refuses the character ${JSON.stringify(character)} where it stands`, () => {
    assert.equal(codeOf(`a: b\nc${character}`), '2:2 character_not_allowed')
  })
}

test('ignores one leading byte order mark, in bytes and in text', () => {
  const bytes = Uint8Array.from([0xef, 0xbb, 0xbf, 0x61])
  for (const source of ['\ufeffa', bytes]) {
    const result = readDocumentText(source)
    assert.ok(result.ok)
    assert.equal(result.document.text, 'a')
  }
  assert.equal(codeOf('\ufeff\ufeffa'), '1:1 character_not_allowed')
})

test('makes line feeds of all three line breaks', () => {
  const result = readDocumentText('a\r\nb\rc\nd')
  assert.ok(result.ok)
  assert.equal(result.document.text, 'a\nb\nc\nd')
  assert.deepEqual(result.document.lines(6), { line: 4, column: 1 })
})
