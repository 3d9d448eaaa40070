import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Measurement } from './measurement.ts'
import { formatNumber, renderMarkdown, renderText, renderVerdicts } from './table.ts'

const MEASUREMENTS: readonly Measurement[] = [
  {
    section: 'warm',
    name: 'cost',
    value: 1.234,
    unit: '',
    range: { min: 1, max: 2.5 },
    target: { atMost: 1.3 },
  },
  { section: 'memory', name: 'idle | first', value: 99.4, unit: 'MiB', note: 'a note' },
  { section: 'calls', name: 'tokens', value: 98, unit: '', target: { atLeast: 100 } },
]

describe('renderText', () => {
  it('aligns texts to the left and numbers to the right', () => {
    assert.deepEqual(renderText(MEASUREMENTS).split('\n'), [
      'section  measured         value      range   target           note',
      '-------  ------------  --------  ---------  -------  -------  ------',
      'warm     cost              1.23  1 .. 2.50  <= 1.30  reached',
      'memory   idle | first  99.4 MiB                               a note',
      'calls    tokens              98              >= 100  MISSED',
    ])
  })
})

describe('renderMarkdown', () => {
  it('is a table whose cells hold no bars of their own', () => {
    assert.deepEqual(renderMarkdown(MEASUREMENTS).split('\n'), [
      '| section | measured | value | range | target |  | note |',
      '| --- | --- | ---: | ---: | ---: | --- | --- |',
      '| warm | cost | 1.23 | 1 .. 2.50 | <= 1.30 | reached |  |',
      '| memory | idle \\| first | 99.4 MiB |  |  |  | a note |',
      '| calls | tokens | 98 |  | >= 100 | MISSED |  |',
    ])
  })
})

describe('renderVerdicts', () => {
  it('says for each target whether it is reached, and by how much', () => {
    const more: readonly Measurement[] = [
      { section: 'calls', name: 'none', value: 0, unit: '', target: { atMost: 0 } },
      { section: 'calls', name: 'some', value: 2, unit: '', target: { atMost: 0 } },
      { section: 'start', name: 'slow', value: NaN, unit: 'ms', target: { atMost: 400 } },
    ]
    assert.deepEqual(renderVerdicts([...MEASUREMENTS, ...more]).split('\n'), [
      'reached  warm: cost: 1.23, target <= 1.30 (5.08 % better)',
      'MISSED   calls: tokens: 98, target >= 100 (2 % worse)',
      'reached  calls: none: 0, target <= 0',
      'MISSED   calls: some: 2, target <= 0',
      'MISSED   start: slow: NaN ms, target <= 400 (not measured)',
    ])
  })
})

describe('formatNumber', () => {
  const cases: readonly (readonly [value: number, text: string])[] = [
    [12_345, '12345'],
    [1234.5, '1235'],
    [99.94, '99.9'],
    [99.96, '100'],
    [12.34, '12.3'],
    [9.994, '9.99'],
    [9.996, '10.0'],
    [1.234, '1.23'],
    [0.1, '0.10'],
    [0.0123, '0.012'],
    [0, '0'],
    [-12.34, '-12.3'],
  ]
  for (const [value, text] of cases) {
    it(`writes ${value} as ${text}`, () => {
      assert.equal(formatNumber(value), text)
    })
  }
})
