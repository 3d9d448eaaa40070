import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'

import { createBodyBudget, type BodyBudget } from '../../pkg/transport/body-budget.ts'
import { readBody } from '../../pkg/transport/body-reader.ts'

const LIMITS = { maxBytes: 100_000, timeoutMs: 5_000 }

/** Opens bodies by name, and lists those that were given up. */
function openBodies(budget: BodyBudget) {
  const givenUp: string[] = []
  return { givenUp, open: (name: string) => budget.open(() => givenUp.push(name)) }
}

describe('a budget for bodies', () => {
  it('gives up the largest of those that arrive, as often as it takes', () => {
    const { givenUp, open } = openBodies(createBodyBudget(100))
    open('small').take(10)
    open('large').take(50)
    open('middle').take(40)
    assert.deepEqual(givenUp, [])
    open('last').take(45)
    assert.deepEqual(givenUp, ['large'])
    open('next').take(90)
    assert.deepEqual(givenUp, ['large', 'next'])
  })

  it('gives up none that has arrived', () => {
    const { givenUp, open } = openBodies(createBodyBudget(100))
    const arrived = open('arrived')
    arrived.take(90)
    arrived.arrived()
    open('other').take(20)
    assert.deepEqual(givenUp, ['other'])
    arrived.release()
    arrived.release()
    open('whole').take(100)
    assert.deepEqual(givenUp, ['other'])
  })
})

describe('readBody', () => {
  /** A budget that adds up what it was told. */
  function countingBudget() {
    const count = { bytes: 0 }
    const budget: BodyBudget = {
      open() {
        let own = 0
        return {
          take(bytes) {
            own += bytes
            count.bytes += bytes
          },
          arrived() {
            assert.ok(own > 0)
          },
          release() {
            count.bytes -= own
            own = 0
          },
        }
      },
    }
    return { budget, count }
  }

  const ends: readonly (readonly [label: string, end: (source: PassThrough) => void, outcome: unknown])[] = [
    ['too large', (source) => source.write(Buffer.alloc(100_001)), { refused: 413 }],
    ['gone', (source) => source.destroy(), { refused: 'gone' }],
    ['gone with an error', (source) => source.destroy(new Error('reset')), { refused: 'gone' }],
  ]
  for (const [label, end, outcome] of ends) {
    it(`occupies nothing after a body that is ${label}`, async () => {
      const { budget, count } = countingBudget()
      const source = new PassThrough()
      const reading = readBody(source, { ...LIMITS, budget, isComplete: () => true })
      source.write(Buffer.alloc(50_000))
      await new Promise((resolve) => setImmediate(resolve))
      assert.ok(count.bytes >= 50_000)
      end(source)
      assert.deepEqual(await reading, outcome)
      assert.equal(count.bytes, 0)
    })
  }

  it('occupies nothing after a body that is overdue', async () => {
    const { budget, count } = countingBudget()
    const source = new PassThrough()
    source.write('x')
    const read = await readBody(source, { ...LIMITS, timeoutMs: 50, budget, isComplete: () => true })
    assert.deepEqual(read, { refused: 408 })
    assert.equal(count.bytes, 0)
  })

  it('occupies a body until it is released, and never more than twice its size', async () => {
    const { budget, count } = countingBudget()
    const source = new PassThrough()
    const reading = readBody(source, { ...LIMITS, budget, isComplete: () => true })
    for (let index = 0; index < 10_000; index += 1) source.write(String(index % 10))
    source.end()
    const read = await reading
    assert.ok('body' in read)
    assert.equal(read.body.toString(), '0123456789'.repeat(1_000))
    assert.ok(count.bytes >= 10_000 && count.bytes <= 20_000, String(count.bytes))
    read.release?.()
    assert.equal(count.bytes, 0)
  })

  it('gives a body that was given up as refused', async () => {
    const budget = createBodyBudget(10_000)
    const source = new PassThrough()
    const reading = readBody(source, { ...LIMITS, budget, isComplete: () => true })
    source.end(Buffer.alloc(20_000))
    assert.deepEqual(await reading, { refused: 503 })
  })
})
