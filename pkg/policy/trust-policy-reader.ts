import type { Position, ReadResult } from './document/diagnostic.ts'
import { readDocument } from './document/document-reader.ts'
import type { Expression } from './expression/expression.ts'
import { createFindings, type Findings } from './document/findings.ts'
import { lintTrustPolicy, STRICT_LINT_CODES } from './lint/lint.ts'
import { findNearMiss } from './document/near-miss.ts'
import { readPermissions } from './permissions-reader.ts'
import { compilePatterns, type PatternSource } from './policy-expressions.ts'
import { isPolicyFieldName, POLICY_FIELDS } from './policy-field.ts'
import {
  readClaimPatterns,
  readLifetime,
  readOrigin,
  readRepositories,
  type ClaimPattern,
} from './policy-values.ts'
import { quoted } from './document/quotation.ts'
import { readNonEmptyText, readText } from './document/text-value.ts'
import type { ClaimMatcher, CompiledTrustPolicy, Matcher, PolicyLevel, TrustPolicy } from './trust-policy.ts'
import type { YamlEntry, YamlMap, YamlNode } from './document/yaml-node.ts'

export interface TrustPolicyOptions {
  /** Where the policy was read from. */
  readonly level: PolicyLevel
  /** Whether a policy of a repository may grant permissions on the organization. Default: false. */
  readonly allowOrganizationPermissions?: boolean
  /** Whether the lints about unpinned tenants, issuers past the host and any audience are errors. Default: false. */
  readonly strict?: boolean
}

/**
 * Reads and compiles a trust policy: the file's bytes, or its text. Never throws, and takes bounded time and memory
 * for whatever it is given. An invalid policy gives every error that could be found, with its place.
 */
export function readTrustPolicy(
  source: Uint8Array | string,
  options: TrustPolicyOptions,
): ReadResult<CompiledTrustPolicy> {
  const findings = createFindings()
  const root = readDocument(source, 'a trust policy', findings)
  const policy = root === undefined ? undefined : compilePolicy(root, options, findings)
  if (policy !== undefined && options.strict === true) refuseStrictly(policy, findings)
  const diagnostics = findings.list()
  return policy === undefined || findings.hasErrors()
    ? { ok: false, diagnostics }
    : { ok: true, value: policy, diagnostics }
}

function refuseStrictly(policy: CompiledTrustPolicy, findings: Findings): void {
  for (const lint of lintTrustPolicy(policy)) {
    if (STRICT_LINT_CODES.has(lint.code)) findings.error(lint.code, lint.message, lint)
  }
}

type Draft = { -readonly [Name in keyof TrustPolicy]?: TrustPolicy[Name] }

/** The reading of one policy, as far as it got. */
interface Reading {
  readonly options: TrustPolicyOptions
  readonly findings: Findings
  readonly draft: Draft
  readonly patterns: PatternSource[]
  readonly positions: Map<string, Position>
}

function compilePolicy(
  root: YamlMap,
  options: TrustPolicyOptions,
  findings: Findings,
): CompiledTrustPolicy | undefined {
  const reading: Reading = { options, findings, draft: {}, patterns: [], positions: new Map() }
  for (const entry of root.entries) readField(entry, reading)
  checkAlternatives(root, findings)
  const expressions = compilePatterns(reading.patterns, findings)
  const { draft, positions } = reading
  const { permissions } = draft
  if (findings.hasErrors() || permissions === undefined) return undefined
  const issuer = matcher(draft.issuer, expressions.get('issuer_pattern'))
  const subject = matcher(draft.subject, expressions.get('subject_pattern'))
  if (issuer === undefined || subject === undefined) return undefined
  return {
    level: options.level,
    source: { ...draft, permissions },
    issuer,
    subject,
    audience: matcher(draft.audience, expressions.get('audience_pattern')),
    claims: claimMatchers('claim_pattern', draft.claim_pattern, expressions),
    forbiddenClaims: claimMatchers('forbidden_claim_pattern', draft.forbidden_claim_pattern, expressions),
    positions,
  }
}

function readField({ key, value }: YamlEntry, reading: Reading): void {
  const { draft, findings, options } = reading
  const name = key.text
  if (!isPolicyFieldName(name)) {
    const meant = findNearMiss(name, Object.keys(POLICY_FIELDS))
    const hint = meant === undefined ? '' : `: did you mean ${quoted(meant)}?`
    findings.error('unknown_field', `${quoted(name)} is not a field of a trust policy${hint}`, key.position)
    return
  }
  if (POLICY_FIELDS[name].organizationOnly === true && options.level !== 'organization') {
    findings.error(
      'organization_field',
      `only policies of an organization have ${quoted(name)}`,
      key.position,
    )
    return
  }
  locate(name, key.position, value, reading)
  switch (name) {
    case 'issuer':
    case 'subject':
    case 'audience':
      keep(draft, name, readNonEmptyText(value, name, findings))
      break
    case 'issuer_pattern':
    case 'subject_pattern':
    case 'audience_pattern': {
      const pattern = readNonEmptyText(value, name, findings)
      keep(draft, name, pattern)
      if (pattern !== undefined) reading.patterns.push({ path: name, pattern, position: value.position })
      break
    }
    case 'claim_pattern':
    case 'forbidden_claim_pattern':
      keepClaims(name, readClaimPatterns(value, name, findings), reading)
      break
    case 'permissions': {
      const allowBeyondRepositories =
        options.level === 'organization' || options.allowOrganizationPermissions === true
      keep(draft, name, readPermissions(value, { allowBeyondRepositories }, findings))
      break
    }
    case 'repositories':
      keep(draft, name, readRepositories(value, findings))
      break
    case 'max_token_lifetime':
      keep(draft, name, readLifetime(value, findings))
      break
    case 'origin':
      keep(draft, name, readOrigin(value, findings))
      break
    case 'description':
      keep(draft, name, readText(value, name, findings))
      break
  }
}

function keep<Name extends keyof TrustPolicy>(
  draft: Draft,
  name: Name,
  value: TrustPolicy[Name] | undefined,
): void {
  if (value !== undefined) draft[name] = value
}

function keepClaims(
  name: 'claim_pattern' | 'forbidden_claim_pattern',
  claims: readonly ClaimPattern[] | undefined,
  { draft, patterns }: Reading,
): void {
  if (claims === undefined) return
  // Not by assignment: a claim may be called __proto__.
  draft[name] = Object.fromEntries(claims.map(({ claim, pattern }) => [claim, pattern]))
  for (const { claim, pattern, position } of claims) {
    patterns.push({ path: `${name}.${claim}`, pattern, position })
  }
}

function locate(name: string, position: Position, value: YamlNode, { positions }: Reading): void {
  positions.set(name, position)
  if (value.kind === 'map') {
    for (const { key } of value.entries) positions.set(`${name}.${key.text}`, key.position)
  } else if (value.kind === 'list') {
    for (const [index, item] of value.items.entries()) positions.set(`${name}.${index}`, item.position)
  }
}

/** Exactly one way to name the issuer and the subject, at most one for the audience; and something is granted. */
function checkAlternatives(root: YamlMap, findings: Findings): void {
  const written = new Map(root.entries.map(({ key }) => [key.text, key]))
  for (const name of ['issuer', 'subject', 'audience']) {
    const exact = written.get(name)
    const pattern = written.get(`${name}_pattern`)
    if (exact !== undefined && pattern !== undefined) {
      const [, later = pattern] = [...written.values()].filter((key) => key === exact || key === pattern)
      findings.error('field_conflict', `only one of ${name} and ${name}_pattern may be there`, later.position)
    } else if (exact === undefined && pattern === undefined && name !== 'audience') {
      findings.error('field_missing', `one of ${name} and ${name}_pattern must be there`, root.position)
    }
  }
  if (!written.has('permissions')) {
    const message = '"permissions" is missing: GitHub would read that as everything that the App has'
    findings.error('field_missing', message, root.position)
  }
}

function matcher(value: string | undefined, expression: Expression | undefined): Matcher | undefined {
  if (value !== undefined) return { kind: 'exact', value }
  return expression === undefined ? undefined : { kind: 'pattern', expression }
}

function claimMatchers(
  field: string,
  patterns: Readonly<Record<string, string>> | undefined,
  expressions: ReadonlyMap<string, Expression>,
): ClaimMatcher[] {
  return Object.keys(patterns ?? {}).flatMap((claim) => {
    const expression = expressions.get(`${field}.${claim}`)
    return expression === undefined ? [] : [{ claim, expression }]
  })
}
