import assert from 'node:assert/strict'
import fc from 'fast-check'
import { compileExpression } from '../../pkg/policy/expression/expression.ts'
import { edgeTexts } from '../../pkg/policy/expression/edge-text.ts'
import { exampleTexts } from '../../pkg/policy/expression/example-text.ts'
import { readExpression } from '../../pkg/policy/expression/expression-reader.ts'
import type { ExpressionNode } from '../../pkg/policy/expression/expression-syntax.ts'
import { compile } from '../policy/support/compiled-policy.ts'
import { loosePattern, nestedPattern } from '../policy/support/pattern-arbitrary.ts'
import { edited } from './support/edits.ts'
import { fuzz } from './support/fuzz.ts'
import { allTexts, matchesSimply, simplePattern, textOfPattern } from './support/simple-pattern.ts'

const TEXTS = allTexts(4)

function syntaxOf(pattern: string): ExpressionNode {
  const syntax = readExpression(pattern)
  assert.ok(!('message' in syntax), pattern)
  return syntax
}

fuzz('an expression matches what it says, for every text of up to four letters', 200, () =>
  fc.property(simplePattern, (pattern) => {
    const expression = compile(textOfPattern(pattern))
    for (const text of TEXTS) {
      assert.equal(expression.matches(text), matchesSimply(pattern, text), JSON.stringify(text))
    }
  }),
)

fuzz('everything that an expression matches begins and ends as its edges say', 150, () =>
  fc.property(simplePattern, (pattern) => {
    const syntax = syntaxOf(textOfPattern(pattern))
    const [starts, ends] = [edgeTexts(syntax, 'start'), edgeTexts(syntax, 'end')]
    for (const text of TEXTS.filter((it) => matchesSimply(pattern, it))) {
      const isNamed = starts.some((it) => (it.open ? text.startsWith(it.text) : text === it.text))
      assert.ok(isNamed, `${JSON.stringify(text)} does not begin as one of ${JSON.stringify(starts)}`)
      const isEnded = ends.some((it) => (it.open ? text.endsWith(it.text) : text === it.text))
      assert.ok(isEnded, `${JSON.stringify(text)} does not end as one of ${JSON.stringify(ends)}`)
    }
  }),
)

const anyPattern = edited(
  fc.oneof(
    loosePattern,
    nestedPattern,
    simplePattern.map((it) => textOfPattern(it)),
  ),
  fc.string({ unit: 'binary', maxLength: 3 }),
  3,
)

fuzz('an expression is compiled alone and as a whole value, whatever stands in it', 400, () =>
  fc.property(anyPattern, anyPattern, (left, right) => {
    const [a, b] = [compileExpression(left), compileExpression(right)]
    const both = compileExpression(`${left}|${right}`)
    if (!a.ok || !b.ok || !both.ok || /\(\?[imsU-]+\)/.test(left)) return
    // Nothing in one branch reaches out of it: the alternation is no more and no less than its two.
    for (const text of ['', 'a', 'b', 'ab', 'K', '/', '\n', 'a\n', ...exampleTexts(syntaxOf(left))]) {
      const either: boolean = a.expression.matches(text) || b.expression.matches(text)
      assert.equal(both.expression.matches(text), either, JSON.stringify(text))
    }
  }),
)
