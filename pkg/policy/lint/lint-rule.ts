import type { Position } from '../document/diagnostic.ts'
import { readExpression } from '../expression/expression-reader.ts'
import type { ExpressionNode } from '../expression/expression-syntax.ts'
import type { Expression } from '../expression/expression.ts'
import type { CompiledTrustPolicy, Matcher } from '../trust-policy.ts'

/** What is known about the organization that a policy belongs to. */
export interface LintContext {
  /** The repository of its organization level policies; without it, none is known to hold them. */
  readonly orgPolicyRepo?: string
}

/** What a lint may say. The names are stable. */
export type LintCode =
  | 'all_repositories'
  | 'any_audience'
  | 'any_ref_can_write'
  | 'can_change_policies'
  | 'glob_in_pattern'
  | 'issuer_past_host'
  | 'never_matches'
  | 'not_portable'
  | 'pull_request_can_write'
  | 'regex_in_exact'
  | 'sensitive_permission'
  | 'subject_form_invalid'
  | 'subject_leaves_owner'
  | 'subject_without_ids'
  | 'tenant_not_pinned'
  | 'unescaped_dot'

/** A finding of a lint. `path` is that of the field, as in the positions of a policy. */
export interface LintFinding {
  readonly code: LintCode
  readonly path: string
  readonly message: string
}

/** One lint: looks at a valid policy, and says what it finds. */
export type LintRule = (policy: CompiledTrustPolicy, context: LintContext) => readonly LintFinding[]

/** A pattern of a policy with the path of its field. */
export interface PolicyPattern {
  readonly path: string
  readonly expression: Expression
}

/** All patterns of a policy, in the order in which they are matched. */
export function listPatterns(policy: CompiledTrustPolicy): readonly PolicyPattern[] {
  const patterns: PolicyPattern[] = []
  const fields = { issuer: policy.issuer, subject: policy.subject, audience: policy.audience }
  for (const [field, matcher] of Object.entries(fields)) {
    if (matcher?.kind !== 'pattern') continue
    patterns.push({ path: `${field}_pattern`, expression: matcher.expression })
  }
  for (const { claim, expression } of policy.claims) {
    patterns.push({ path: `claim_pattern.${claim}`, expression })
  }
  for (const { claim, expression } of policy.forbiddenClaims) {
    patterns.push({ path: `forbidden_claim_pattern.${claim}`, expression })
  }
  return patterns
}

/** The tree of a pattern that compiled. */
export function syntaxOf(expression: Expression): ExpressionNode {
  const syntax = readExpression(expression.pattern)
  return 'message' in syntax ? { kind: 'empty' } : syntax
}

/** Whether a value passes a matcher. */
export function accepts(matcher: Matcher, value: string): boolean {
  return matcher.kind === 'exact' ? matcher.value === value : matcher.expression.matches(value)
}

/** The path of the field that a matcher was written in. */
export function matcherPath(field: 'issuer' | 'subject' | 'audience', matcher: Matcher): string {
  return matcher.kind === 'exact' ? field : `${field}_pattern`
}

/** Where a field was written; the beginning of the file for one that is absent. */
export function positionOf(policy: CompiledTrustPolicy, path: string): Position {
  return policy.positions.get(path) ?? { line: 1, column: 1 }
}
