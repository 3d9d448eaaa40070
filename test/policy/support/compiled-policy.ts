import assert from 'node:assert/strict'
import { compileExpression, type Expression } from '../../../pkg/policy/expression/expression.ts'
import type {
  ClaimMatcher,
  CompiledTrustPolicy,
  Matcher,
  PolicyLevel,
  TrustPolicy,
} from '../../../pkg/policy/trust-policy.ts'

/** A policy as the reader would compile it: each field on a line of its own, in the order of `source`. */
export function compilePolicy(source: TrustPolicy, level: PolicyLevel = 'repository'): CompiledTrustPolicy {
  const issuer = matcherOf(source.issuer, source.issuer_pattern)
  const subject = matcherOf(source.subject, source.subject_pattern)
  assert.ok(issuer !== undefined && subject !== undefined)
  const positions = new Map<string, { readonly line: number; readonly column: number }>()
  for (const [field, value] of Object.entries(source) as [string, unknown][]) {
    positions.set(field, { line: positions.size + 1, column: 1 })
    if (typeof value !== 'object' || value === null) continue
    for (const key of Object.keys(value)) {
      positions.set(`${field}.${key}`, { line: positions.size + 1, column: 3 })
    }
  }
  return {
    level,
    source,
    issuer,
    subject,
    audience: matcherOf(source.audience, source.audience_pattern),
    claims: claimsOf(source.claim_pattern),
    forbiddenClaims: claimsOf(source.forbidden_claim_pattern),
    positions,
  }
}

export function compile(pattern: string): Expression {
  const compiled = compileExpression(pattern)
  assert.ok(compiled.ok, pattern)
  return compiled.expression
}

function matcherOf(value: string | undefined, pattern: string | undefined): Matcher | undefined {
  if (value !== undefined) return { kind: 'exact', value }
  return pattern === undefined ? undefined : { kind: 'pattern', expression: compile(pattern) }
}

function claimsOf(patterns: Readonly<Record<string, string>> = {}): readonly ClaimMatcher[] {
  return Object.entries(patterns).map(([claim, pattern]) => ({ claim, expression: compile(pattern) }))
}
