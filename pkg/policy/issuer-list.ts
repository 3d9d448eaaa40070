import type { ReadResult } from './document/diagnostic.ts'
import { readDocument } from './document/document-reader.ts'
import type { Expression } from './expression/expression.ts'
import { createFindings, type Findings } from './document/findings.ts'
import { checkIssuerPattern } from './issuer-pattern.ts'
import { findNearMiss } from './document/near-miss.ts'
import { compilePatterns, type PatternSource } from './policy-expressions.ts'
import { quoted } from './document/quotation.ts'
import { readNonEmptyText } from './document/text-value.ts'
import { checkIssuer } from './token-syntax.ts'
import { describeNode, type YamlMap, type YamlNode, type YamlScalar } from './document/yaml-node.ts'

/** The most issuers of one list, and the most patterns. */
export const LIST_MAX_ISSUERS = 64
export const LIST_MAX_PATTERNS = 16

/** What happens to a token whose issuer is not listed: denied, or permitted and recorded. */
export type IssuerListMode = 'enforce' | 'audit'

/** An organization's issuer list as its author wrote it: only the fields that are present. */
export interface IssuerListSource {
  readonly mode?: IssuerListMode
  readonly issuers?: readonly string[]
  readonly issuer_patterns?: readonly string[]
}

/** A valid issuer list, ready to be asked. */
export interface IssuerList {
  readonly source: IssuerListSource
  readonly mode: IssuerListMode
  readonly issuers: ReadonlySet<string>
  readonly patterns: readonly Expression[]
}

export interface IssuerListOptions {
  /** Whether `http` issuers on the loopback may be listed. Default: false. */
  readonly allowLoopback?: boolean
}

/** Reads and compiles an organization's issuer list. The same promises as `readTrustPolicy`. */
export function readIssuerList(
  source: Uint8Array | string,
  options: IssuerListOptions = {},
): ReadResult<IssuerList> {
  const findings = createFindings()
  const root = readDocument(source, 'an issuer list', findings)
  const list = root === undefined ? undefined : compileList(root, options, findings)
  const diagnostics = findings.list()
  return list === undefined ? { ok: false, diagnostics } : { ok: true, value: list, diagnostics }
}

/** Whether the list has the issuer, byte for byte or by a pattern. The mode is not regarded. */
export function permitsIssuer(list: IssuerList, issuer: string): boolean {
  return list.issuers.has(issuer) || list.patterns.some((pattern) => pattern.matches(issuer))
}

type Draft = { -readonly [Name in keyof IssuerListSource]?: IssuerListSource[Name] }

function compileList(root: YamlMap, options: IssuerListOptions, findings: Findings): IssuerList | undefined {
  const draft: Draft = {}
  const patterns: PatternSource[] = []
  for (const { key, value } of root.entries) {
    switch (key.text) {
      case 'mode': {
        const mode = readMode(value, findings)
        if (mode !== undefined) draft.mode = mode
        break
      }
      case 'issuers':
        draft.issuers = readIssuers(value, options, findings)
        break
      case 'issuer_patterns':
        patterns.push(...readPatterns(value, findings))
        draft.issuer_patterns = patterns.map(({ pattern }) => pattern)
        break
      default:
        refuseField(key, findings)
    }
  }
  const { mode = 'enforce', issuers = [], issuer_patterns = [] } = draft
  const expressions = compileIssuerPatterns(patterns, findings)
  if (!findings.hasErrors() && issuers.length + issuer_patterns.length === 0) {
    findings.error('issuers_missing', 'at least one issuer or pattern must be listed', root.position)
  }
  if (findings.hasErrors()) return undefined
  return { source: draft, mode, issuers: new Set(issuers), patterns: expressions }
}

const FIELDS: readonly string[] = ['mode', 'issuers', 'issuer_patterns'] satisfies (keyof IssuerListSource)[]

function refuseField(key: YamlScalar, findings: Findings): void {
  const meant = findNearMiss(key.text, FIELDS)
  const hint = meant === undefined ? '' : `: did you mean ${quoted(meant)}?`
  findings.error('unknown_field', `${quoted(key.text)} is not a field of an issuer list${hint}`, key.position)
}

function readMode(node: YamlNode, findings: Findings): IssuerListMode | undefined {
  const mode = readNonEmptyText(node, 'mode', findings)
  if (mode === undefined || mode === 'enforce' || mode === 'audit') return mode
  findings.error('issuer_list_mode', `"mode" must be enforce or audit, not ${quoted(mode)}`, node.position)
  return undefined
}

function readIssuers(node: YamlNode, options: IssuerListOptions, findings: Findings): string[] {
  return readEntries(node, 'issuers', LIST_MAX_ISSUERS, findings).map(({ text, position }) => {
    const verdict = checkIssuer(text, { allowLoopback: options.allowLoopback === true })
    if (!verdict.ok) findings.error('issuer_syntax', `${quoted(text)} ${verdict.problem}`, position)
    else if (hasUpperCaseHost(text)) {
      const message = `${quoted(text)} must be lower-case in its scheme and host: it is compared byte for byte`
      findings.error('issuer_case', message, position)
    }
    return text
  })
}

function readPatterns(node: YamlNode, findings: Findings): PatternSource[] {
  const entries = readEntries(node, 'issuer_patterns', LIST_MAX_PATTERNS, findings)
  return entries.map(({ text, position }, index) => ({
    path: `issuer_patterns.${index}`,
    pattern: text,
    position,
  }))
}

/** Compiles the patterns, and holds those that are expressions to the rules of issuer lists. */
function compileIssuerPatterns(sources: readonly PatternSource[], findings: Findings): Expression[] {
  const expressions = compilePatterns(sources, findings)
  for (const { path, pattern, position } of sources) {
    if (!expressions.has(path)) continue
    const verdict = checkIssuerPattern(pattern)
    if (!verdict.ok) findings.error('issuer_pattern', `${quoted(pattern)} ${verdict.problem}`, position)
  }
  return [...expressions.values()]
}

/** The texts of a list; beyond `max` of them nothing is read. */
function readEntries(node: YamlNode, field: string, max: number, findings: Findings): YamlScalar[] {
  if (node.kind !== 'list') {
    const message = `${quoted(field)} must be a list, not ${describeNode(node)}`
    findings.error('wrong_type', message, node.position)
    return []
  }
  if (node.items.length > max) {
    findings.error('too_many_entries', `${quoted(field)} has more than ${max} entries`, node.position)
    return []
  }
  return node.items.flatMap((item) => {
    const text = readNonEmptyText(item, field, findings)
    return text === undefined || item.kind !== 'scalar' ? [] : [item]
  })
}

/** Whether a valid issuer has an upper-case letter before its path. */
function hasUpperCaseHost(issuer: string): boolean {
  const beforePath = issuer.split('/').slice(0, 3).join('/')
  return beforePath !== beforePath.toLowerCase()
}
