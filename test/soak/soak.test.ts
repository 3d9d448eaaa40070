import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ATTACKS } from './attacks/index.ts'
import { planTurns } from './attackers/schedule.ts'
import { readOptions } from './options.ts'
import { judge } from './report/verdicts.ts'
import { runSoak } from './soak.ts'

/** Long enough for every attack to begin, at rates that leave a busy machine some air. */
const SHORT = { minutes: 0.1, rate: 0.05, seed: 1, only: ATTACKS.map(({ name }) => name) }

test('under every attack good clients get their tokens and nothing is left behind', async (t) => {
  const result = await runSoak(SHORT, (line) => {
    t.diagnostic(line)
  })
  const missed = judge(result).filter(({ required, reached }) => required && !reached)
  assert.deepEqual(missed, [])
  assert.ok(result.good.every(({ sent, answered }) => sent > 0 && answered === sent))
  assert.ok(result.health.every(({ checks }) => checks > 0))
  assert.ok(result.log.lines > result.tokens.received, 'the log has been read')
  for (const { name, outcomes } of result.attacks) {
    assert.ok(Object.keys(outcomes).length > 0, `${name} took place`)
  }
})

describe('planTurns', () => {
  test('gives every attack a turn in each round, in the order of the seed', () => {
    const attacks = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    const turns = planTurns(attacks, 120_000, 7)
    assert.equal(turns.length, 16)
    for (const round of [turns.slice(0, 8), turns.slice(8)]) {
      assert.deepEqual(round.map(({ attack }) => attack).sort(), attacks)
    }
    assert.ok(turns.every(({ fromMs, toMs }) => fromMs < toMs && toMs <= 120_000))
    assert.deepEqual(turns, planTurns(attacks, 120_000, 7))
    assert.notDeepEqual(turns, planTurns(attacks, 120_000, 8))
  })

  test('lets attacks overlap', () => {
    const [first, second] = planTurns(['a', 'b', 'c'], 30_000, 1)
    assert.ok(first !== undefined && second !== undefined && second.fromMs < first.toMs)
  })
})

describe('readOptions', () => {
  test('refuses what is out of range or unknown', () => {
    for (const args of [
      ['--minutes', '11'],
      ['--minutes', '0'],
      ['--rate', 'x'],
      ['--only', 'nothing'],
      ['--x'],
    ]) {
      assert.equal(readOptions(args).ok, false, args.join(' '))
    }
  })

  test('has every attack by default', () => {
    const read = readOptions([])
    assert.ok(read.ok)
    assert.equal(read.options.only.length, ATTACKS.length)
    assert.equal(new Set(ATTACKS.map(({ name }) => name)).size, ATTACKS.length)
  })
})
