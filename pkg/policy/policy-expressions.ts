import type { Position } from './document/diagnostic.ts'
import {
  compileExpression,
  measureExpression,
  POLICY_MAX_CLASS_WORK,
  POLICY_MAX_INSTRUCTIONS,
  type Expression,
} from './expression/expression.ts'
import type { Findings } from './document/findings.ts'
import { quoted } from './document/quotation.ts'

/** A pattern of a document, by the path of its field: `subject_pattern`, `claim_pattern.workflow`, ... */
export interface PatternSource {
  readonly path: string
  readonly pattern: string
  readonly position: Position
}

/**
 * Compiles all patterns of one document, by path. Each is measured before the first is compiled, so that a
 * document over its limit costs nothing; then, or when one is no expression, the answer is empty and the errors
 * are among the findings.
 */
export function compilePatterns(
  sources: readonly PatternSource[],
  findings: Findings,
): ReadonlyMap<string, Expression> {
  const expressions = new Map<string, Expression>()
  if (!isAffordable(sources, findings)) return expressions
  for (const { path, pattern, position } of sources) {
    const compiled = compileExpression(pattern)
    if (compiled.ok) expressions.set(path, compiled.expression)
    else findings.error('pattern_syntax', `${quoted(path)}: ${compiled.problem.message}`, position)
  }
  return expressions
}

function isAffordable(sources: readonly PatternSource[], findings: Findings): boolean {
  let size = 0
  let classWork = 0
  let affordable = true
  for (const { path, pattern, position } of sources) {
    const measure = measureExpression(pattern)
    if (!measure.ok) {
      const { kind, message } = measure.problem
      findings.error(`pattern_${kind}`, `${quoted(path)}: ${message}`, position)
      affordable = false
      continue
    }
    const wasWithin = isWithin(size, classWork)
    size += measure.size
    classWork += measure.classWork
    if (wasWithin && !isWithin(size, classWork)) {
      const message = `the patterns up to here need more than ${POLICY_MAX_INSTRUCTIONS} instructions together`
      findings.error('patterns_too_large', message, position)
      affordable = false
    }
  }
  return affordable
}

function isWithin(size: number, classWork: number): boolean {
  return size <= POLICY_MAX_INSTRUCTIONS && classWork <= POLICY_MAX_CLASS_WORK
}
