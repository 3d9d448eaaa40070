import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { describe, it } from 'node:test'
import { unless } from '../support/requirement.ts'
import { parsePs, parseStat, parseStatus, readUsage } from './process-usage.ts'

describe('parseStat', () => {
  it('adds user and kernel time, whatever the name of the program is', () => {
    const fields = 'R 1 4242 4242 0 -1 4194304 2000 0 3 0 1234 56 7 8 20 0 11 0 99'
    for (const name of ['node', 'my program', 'odd) R 1 2 3 (']) {
      assert.equal(parseStat(`4242 (${name}) ${fields}`, 100), 12_900)
    }
    assert.equal(parseStat(`4242 (node) ${fields}`, 1000), 1_290)
  })
})

describe('parseStatus', () => {
  const text = 'Name:\tnode\nVmPeak:\t 1111111 kB\nVmHWM:\t  150000 kB\nVmRSS:\t   98304 kB\nThreads:\t11\n'

  it('reads sizes in bytes', () => {
    assert.equal(parseStatus(text, 'VmRSS'), 98_304 * 1024)
    assert.equal(parseStatus(text, 'VmHWM'), 150_000 * 1024)
  })

  it('says when a size is missing', () => {
    assert.equal(parseStatus('Name:\tkthreadd\nThreads:\t1\n', 'VmRSS'), undefined)
  })
})

describe('parsePs', () => {
  const cases: readonly (readonly [line: string, cpuMs: number])[] = [
    ['  0:01.25  2048\n', 1_250],
    ['00:02:03   2048\n', 123_000],
    ['1-02:03:04 2048\n', 93_784_000],
  ]
  for (const [line, cpuMs] of cases) {
    it(`reads ${JSON.stringify(line)}`, () => {
      assert.deepEqual(parsePs(line), { cpuMs, residentBytes: 2_048 * 1024, peakBytes: undefined })
    })
  }
})

describe('readUsage', () => {
  it(
    'agrees with what this process knows of itself',
    { skip: unless('proc', existsSync('/proc/self/stat'), 'the process file system of Linux') },
    () => {
      const before = process.cpuUsage()
      const { cpuMs, residentBytes, peakBytes = 0 } = readUsage(process.pid)
      const after = process.cpuUsage()
      // The system counts in hundredths of a second.
      const slackMs = 20
      assert.ok(cpuMs >= (before.user + before.system) / 1000 - slackMs)
      assert.ok(cpuMs <= (after.user + after.system) / 1000 + slackMs)
      assert.ok(residentBytes > 1024 * 1024)
      assert.ok(peakBytes >= residentBytes)
    },
  )
})
