import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readOptions } from './options.ts'
import { SECTIONS } from './measurement.ts'

describe('readOptions', () => {
  it('runs everything in full by default', () => {
    const read = readOptions([])
    assert.ok(read.ok)
    assert.deepEqual(read.options.sections, SECTIONS)
    assert.equal(read.options.quick, false)
    assert.equal(read.options.check, false)
    assert.equal(read.options.flags, undefined)
  })

  it('runs the sections asked for in their own order', () => {
    const read = readOptions(['--only', 'start,warm'])
    assert.ok(read.ok)
    assert.deepEqual(read.options.sections, ['warm', 'start'])
  })

  it('divides flags at spaces; an empty text means none', () => {
    for (const [text, flags] of [
      ['--a=1  --b', ['--a=1', '--b']],
      ['', []],
    ] as const) {
      const read = readOptions([`--flags=${text}`])
      assert.ok(read.ok)
      assert.deepEqual(read.options.flags, flags)
    }
  })

  it('refuses what it does not know', () => {
    for (const args of [['--only', 'warm,hot'], ['--only', ''], ['--fast'], ['warm']]) {
      const read = readOptions(args)
      assert.ok(!read.ok)
      assert.notEqual(read.problem, undefined)
    }
  })

  it('asks for its usage to be shown without calling that a problem', () => {
    assert.deepEqual(readOptions(['--help']), { ok: false, problem: undefined })
  })
})
