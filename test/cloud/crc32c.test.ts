import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32c } from '#pkg/cloud'

/** RFC 3720, appendix B.4, and the check value of the CRC catalogue. */
const VECTORS: readonly (readonly [name: string, bytes: Buffer, crc: number])[] = [
  ['nothing', Buffer.alloc(0), 0],
  ['123456789', Buffer.from('123456789'), 0xe3069283],
  ['32 bytes of zeroes', Buffer.alloc(32), 0x8a9136aa],
  ['32 bytes of ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['32 bytes that rise', Buffer.from(Array.from({ length: 32 }, (_, index) => index)), 0x46dd794e],
]
for (const [name, bytes, crc] of VECTORS) {
  test(`the CRC-32C of ${name}`, () => {
    assert.equal(crc32c(bytes), crc)
  })
}
