import assert from 'node:assert/strict'
import { test } from 'node:test'

import fc from 'fast-check'

import { dateTimeOf, timestampOf } from '#pkg/wire'

test('reads every form of an RFC 3339 date-time', () => {
  const table: readonly (readonly [text: string, seconds: string, nanos: number])[] = [
    ['1970-01-01T00:00:00Z', '0', 0],
    ['2026-01-01T00:00:00Z', '1767225600', 0],
    ['2026-01-01t00:00:00z', '1767225600', 0],
    ['2026-01-01T02:30:00+02:30', '1767225600', 0],
    ['2025-12-31T16:00:00-08:00', '1767225600', 0],
    ['2026-01-01T00:00:00-00:00', '1767225600', 0],
    ['2026-01-01T00:00:00.5Z', '1767225600', 500_000_000],
    ['2026-01-01T00:00:00.000000001Z', '1767225600', 1],
    ['1969-12-31T23:59:59.9Z', '-1', 900_000_000],
    ['2024-02-29T00:00:00Z', '1709164800', 0],
    ['0001-01-01T00:00:00Z', '-62135596800', 0],
    ['9999-12-31T23:59:59.999999999Z', '253402300799', 999_999_999],
  ]
  for (const [text, seconds, nanos] of table) assert.deepEqual(timestampOf(text), { seconds, nanos }, text)
})

test('reads nothing else', () => {
  const table = [
    '',
    'now',
    '1767225600',
    '2026-01-01',
    '2026-01-01T00:00:00',
    '2026-01-01 00:00:00Z',
    '2026-01-01T00:00Z',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00.0000000001Z',
    '2026-01-01T00:00:00+0200',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2016-12-31T23:59:60Z',
    '2026-02-29T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '0000-12-31T00:00:00Z',
    '0001-01-01T00:00:00+00:01',
    ' 2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00Z\n',
    '+12026-01-01T00:00:00Z',
  ]
  for (const text of table) assert.equal(timestampOf(text), undefined, JSON.stringify(text))
})

test("writes the digits of protobuf's JSON mapping", () => {
  const table: readonly (readonly [nanos: number, text: string])[] = [
    [0, '2026-01-01T00:00:00Z'],
    [500_000_000, '2026-01-01T00:00:00.500Z'],
    [1_000, '2026-01-01T00:00:00.000001Z'],
    [1, '2026-01-01T00:00:00.000000001Z'],
  ]
  for (const [nanos, text] of table) assert.equal(dateTimeOf({ seconds: '1767225600', nanos }), text)
  for (const timestamp of [
    { seconds: '253402300800', nanos: 0 },
    { seconds: '-62135596801', nanos: 0 },
    { seconds: '1.5', nanos: 0 },
    { seconds: '0', nanos: -1 },
    { seconds: '0', nanos: 1_000_000_000 },
  ]) {
    assert.equal(dateTimeOf(timestamp), undefined)
  }
})

test('loses nothing on the way there and back', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }),
      fc.integer({ min: 0, max: 999_999_999 }),
      (seconds, nanos) => {
        const timestamp = { seconds: String(seconds), nanos }
        assert.deepEqual(timestampOf(dateTimeOf(timestamp) ?? ''), timestamp)
      },
    ),
  )
})
