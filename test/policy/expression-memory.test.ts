import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { compileExpression, type Expression } from '../../pkg/policy/expression/expression.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** What the cache of policies counts for an instruction is 240; re2js alone keeps 550. */
const BYTES_PER_INSTRUCTION_MAX = 300
const EXPRESSIONS = 1_000

test('a compiled expression keeps little more than the policy cache counts for it', () => {
  const kept: Expression[] = []
  const keep = (number: number): void => {
    const result = compileExpression(`repo:acme/app-${number}:ref:refs/heads/(main|release-[0-9]+)`)
    if (result.ok) kept.push(result.expression)
  }
  keep(0)
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  for (let number = 1; number <= EXPRESSIONS; number++) keep(number)
  collectGarbage()
  const bytes = process.memoryUsage().heapUsed - before
  const instructions = kept.reduce((sum, { size }) => sum + size, 0)
  assert.equal(kept.length, EXPRESSIONS + 1)
  assert.ok(bytes / instructions < BYTES_PER_INSTRUCTION_MAX, String(bytes / instructions))
  assert.ok(
    kept.every(
      (expression) => expression.matches('repo:acme/app-7:ref:refs/heads/main') === (expression === kept[7]),
    ),
  )
})
