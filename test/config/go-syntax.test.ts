import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { BOOLEAN } from '../../pkg/config/go-boolean.ts'
import { durationType, parseGoDuration } from '../../pkg/config/go-duration.ts'

const NS_PER_MS = 1_000_000

/** What Go 1.26's `time.ParseDuration` answers, in nanoseconds; undefined is an error. */
const DURATIONS: readonly (readonly [text: string, nanoseconds: number | undefined])[] = [
  ['0', 0],
  ['+0', 0],
  ['-0', 0],
  ['5m', 300000000000],
  ['1h30m', 5400000000000],
  ['10s', 10000000000],
  ['1.5h', 5400000000000],
  ['300ms', 300000000],
  ['1.s', 1000000000],
  ['.5s', 500000000],
  ['.s', undefined],
  ['s', undefined],
  ['', undefined],
  ['5', undefined],
  ['-5', undefined],
  ['-5m', -300000000000],
  ['+5m', 300000000000],
  ['1h-30m', undefined],
  ['1 h', undefined],
  [' 5m', undefined],
  ['5m ', undefined],
  ['5M', undefined],
  ['1d', undefined],
  ['1w', undefined],
  ['1us', 1000],
  ['1\u00b5s', 1000],
  ['1\u03bcs', 1000],
  ['1ns', 1],
  ['1.5ns', 1],
  ['999999ns', 999999],
  ['1h1h', 7200000000000],
  ['10ms2s', 2010000000],
  ['1.0000000001h', 3600000000360],
  ['0.3333333333333333333h', 1200000000000],
  ['9223372036854775807ns', Number(9223372036854775807n)],
  ['9223372036854775808ns', undefined],
  ['-9223372036854775808ns', Number(-9223372036854775808n)],
  ['2562047h47m16.854775807s', Number(9223372036854775807n)],
  ['2562047h47m16.854775808s', undefined],
  ['2562048h', undefined],
  ['99999999999999999999999h', undefined],
  ['0.9223372036854775807h', 3320413933267],
  ['0.99999999999999999999999999999999h', 3600000000000],
  ['00005m', 300000000000],
  ['1e3s', undefined],
  ['0x1s', undefined],
  ['1_000s', undefined],
  ['5m0', undefined],
  ['m5', undefined],
  ['5mm', undefined],
  ['..5s', undefined],
  ['1..5s', undefined],
  ['3.0.5s', undefined],
  ['+-5s', undefined],
  ['++5s', undefined],
  ['-', undefined],
  ['+', undefined],
  ['.', undefined],
  ['\uff11s', undefined],
  ['5\uff4d', undefined],
  ['1h\n', undefined],
  ['\u0000', undefined],
  ['infinity', undefined],
  ['0h0m0s', 0],
  ['000.0001s', 100000],
  ['1m.5s', 60500000000],
  ['1.5m.5s', 90500000000],
  ['9223372036.854775807s', Number(9223372036854775807n)],
  ['1h2m3s4ms5us6ns', 3723004005006],
]

/** What Go's `strconv.ParseBool` answers. */
const BOOLEANS: readonly (readonly [text: string, value: boolean | undefined])[] = [
  ['1', true],
  ['t', true],
  ['T', true],
  ['TRUE', true],
  ['true', true],
  ['True', true],
  ['0', false],
  ['f', false],
  ['F', false],
  ['FALSE', false],
  ['false', false],
  ['False', false],
  ['tRUE', undefined],
  ['yes', undefined],
  ['no', undefined],
  ['on', undefined],
  ['off', undefined],
  ['y', undefined],
  ['n', undefined],
  ['', undefined],
  [' true', undefined],
  ['true ', undefined],
  ['2', undefined],
  ['-1', undefined],
  ['TRue', undefined],
  ['fALSE', undefined],
  ['01', undefined],
  ['null', undefined],
]

describe('parseGoDuration', () => {
  for (const [text, nanoseconds] of DURATIONS) {
    const milliseconds = nanoseconds === undefined ? undefined : nanoseconds / NS_PER_MS
    it(`reads ${JSON.stringify(text)} as ${milliseconds === undefined ? 'an error' : `${milliseconds} ms`}`, () => {
      assert.equal(parseGoDuration(text), milliseconds)
    })
  }

  it('reads what it is made of', () => {
    const part = fc.integer({ min: 0, max: 999 })
    fc.assert(
      fc.property(part, part, part, part, (hours, minutes, seconds, milliseconds) => {
        const text = `${hours}h${minutes}m${seconds}s${milliseconds}ms`
        const expected = ((hours * 60 + minutes) * 60 + seconds) * 1_000 + milliseconds
        assert.equal(parseGoDuration(text), expected)
        assert.equal(parseGoDuration(`-${text}`), expected === 0 ? 0 : -expected)
      }),
    )
  })

  it('never throws', () => {
    const pieces = fc.constantFrom(
      '1',
      '9',
      '0',
      '.',
      '-',
      '+',
      'h',
      'm',
      's',
      'ms',
      'ns',
      'µs',
      ' ',
      'e',
      '_',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        const milliseconds = parseGoDuration(parts.join(''))
        assert.equal(milliseconds === undefined || Number.isFinite(milliseconds), true)
      }),
    )
  })
})

describe('durationType', () => {
  const rows: readonly (readonly [text: string, milliseconds: number | undefined])[] = [
    ['0', 0],
    ['0s', 0],
    ['1m', 60_000],
    ['60.001s', undefined],
    ['-1ns', undefined],
    ['-0s', 0],
    ['60', undefined],
  ]
  for (const [text, milliseconds] of rows) {
    it(`${milliseconds === undefined ? 'refuses' : 'takes'} ${text} where at most 1m is allowed`, () => {
      const result = durationType('1m').parse(text)
      assert.equal(result.ok ? result.value : undefined, milliseconds)
    })
  }
})

describe('BOOLEAN', () => {
  for (const [text, value] of BOOLEANS) {
    it(`reads ${JSON.stringify(text)} as ${value === undefined ? 'an error' : String(value)}`, () => {
      const result = BOOLEAN.parse(text)
      assert.equal(result.ok ? result.value : undefined, value)
    })
  }
})
