import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { inWords } from './event-calls.ts'
import { EVENT_SITUATIONS, KNOWLEDGE } from './event-situations.ts'

describe('inWords', () => {
  const cases: readonly (readonly [calls: readonly string[], text: string])[] = [
    [[], ''],
    [['open'], 'open'],
    [['open', 'read', 'read', 'close'], 'open, 2 read, close'],
    [['read', 'open', 'read'], 'read, open, read'],
    [['close', 'close', 'close'], '3 close'],
  ]
  for (const [calls, text] of cases) {
    it(`of [${calls.join(', ')}] is "${text}"`, () => {
      assert.equal(inWords(calls), text)
    })
  }
})

it('every kind of event has a name of its own, and the calls that it names', () => {
  const names = EVENT_SITUATIONS.map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
  for (const { name, warm, calls } of EVENT_SITUATIONS) assert.equal(warm.length, calls.token, name)
})

it('the documentation says the same', () => {
  const text = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8').replaceAll('`', '')
  const rows = text.split('\n').map((line) => line.split('|').map((cell) => cell.trim()))
  for (const { name, warm, calls } of EVENT_SITUATIONS) {
    const row = rows.find(([, event]) => event === name)
    assert.deepEqual(
      row?.slice(2, -1),
      [...KNOWLEDGE.map((knows) => String(calls[knows])), inWords(warm)],
      name,
    )
  }
})
