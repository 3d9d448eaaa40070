import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createReplyScanner } from '../../pkg/store/redis/reply-scanner.ts'

/** Whether all chunks are accepted, one after the other. */
function accepts(...chunks: readonly string[]): boolean {
  const scanner = createReplyScanner()
  return chunks.every((chunk) => scanner.accepts(Buffer.from(chunk, 'latin1')))
}

const bulk = fc
  .string({ unit: 'binary', maxLength: 40 })
  .map((text) => Buffer.from(text).toString('latin1'))
  .map((bytes) => `$${bytes.length}\r\n${bytes}\r\n`)
const scalar = fc.oneof(
  bulk,
  fc.constantFrom(
    '+OK\r\n',
    '-ERR it is so\r\n',
    ':-1\r\n',
    ':9223372036854775807\r\n',
    '$-1\r\n',
    '$0\r\n\r\n',
  ),
)
const arrayOf = (element: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(element, { maxLength: 4 }).map((elements) => `*${elements.length}\r\n${elements.join('')}`)
const reply = fc.oneof(scalar, arrayOf(scalar), arrayOf(arrayOf(scalar)))

describe('createReplyScanner', () => {
  test('accepts replies, however they are cut', () => {
    fc.assert(
      fc.property(
        fc.array(reply, { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (replies, cuts) => {
          const text = replies.join('')
          const places = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].sort((a, b) => a - b)
          assert.ok(accepts(...places.map((place, i) => text.slice(place, places[i + 1]))))
        },
      ),
    )
  })

  test('refuses the first thing after replies that is none', () => {
    fc.assert(
      fc.property(fc.array(reply, { maxLength: 8 }), (replies) => {
        assert.ok(!accepts(`${replies.join('')}nothing\r\n`))
      }),
    )
  })

  test('measures each reply anew', () => {
    const long = `$16000\r\n${'a'.repeat(16_000)}\r\n`
    assert.ok(accepts(...Array.from({ length: 20 }, () => long)))
  })

  const refused: readonly (readonly [name: string, text: string])[] = [
    ['a bulk string beyond the bound', '$16384\r\n'],
    ['a length of six digits', '$100000\r\n'],
    ['a negative length', '$-2\r\n'],
    ['no length', '$\r\n'],
    ['an array that is null', '*-1\r\n'],
    ['an array beyond the bound', '*16384\r\n'],
    ['strings that are too much together', `*2\r\n$9000\r\n${'a'.repeat(9_000)}\r\n$9000\r\n`],
    ['arrays in arrays in arrays in arrays in arrays', '*1\r\n'.repeat(5)],
    ['a line beyond the bound', `+${'a'.repeat(4_096)}`],
    ['lines that are too much together', `*9\r\n${`+${'a'.repeat(4_000)}\r\n`.repeat(9)}`],
    ['a number that is none', ':1e3\r\n'],
    ['an empty line', '\r\n'],
    ['a line feed alone', '+OK\n'],
    ['a type of a later protocol', '_\r\n'],
  ]
  for (const [name, text] of refused) {
    test(`refuses ${name}, in one chunk and byte by byte`, () => {
      assert.ok(!accepts(text))
      assert.ok(!accepts(...Array.from(text)))
    })
  }
})
