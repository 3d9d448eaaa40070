import {
  DOCUMENT_MAX_BYTES,
  isSameName,
  lintTrustPolicy,
  readIssuerList,
  readTrustPolicy,
  type CompiledTrustPolicy,
  type Diagnostic,
  type loadOctoStsComparison,
  type PolicyLevel,
} from '#pkg/policy'
import { describePolicyFile, type PlaceOptions } from '../policy-file.ts'
import { PROBLEM_MESSAGES, readFileBytes } from '../read-file.ts'
import type { LintedFile } from './lint-report.ts'
import { linesOf } from './source-lines.ts'

export interface LintOptions {
  readonly place: PlaceOptions
  readonly strict: boolean
  readonly allowLoopback: boolean
  readonly compareWithOctoSts: CompareWithOctoSts | undefined
}

/** Holds a document against octo-sts's reading of it. */
export type CompareWithOctoSts = Awaited<ReturnType<typeof loadOctoStsComparison>>

/** A file, and its lines where it is text that can be shown. */
export interface LintedSource {
  readonly file: LintedFile
  readonly lines: readonly string[]
}

/** Lints one file. Whatever it is, or if it is not there, that is a finding. */
export async function lintFile(file: string, options: LintOptions): Promise<LintedSource> {
  const { level, unreachable } = describePolicyFile(file, options.place)
  const read = await readFileBytes(file, { maxBytes: DOCUMENT_MAX_BYTES + 1 })
  if (!read.ok) {
    const problem = ofWholeFile('error', read.problem, PROBLEM_MESSAGES[read.problem])
    return { file: { file, level, verdict: 'invalid', diagnostics: [problem] }, lines: [] }
  }
  const { bytes } = read
  const found = level === 'issuer-list' ? lintIssuerList(bytes, options) : lintPolicy(bytes, level, options)
  const comparison = options.compareWithOctoSts?.(bytes, {
    level,
    allowLoopback: options.allowLoopback,
  })
  // The comparison says of each field that octo-sts does not read what becomes of the policy.
  const own = comparison === undefined ? found : found.filter(({ code }) => code !== 'not_portable')
  const diagnostics = withoutRepetition([...own, ...(comparison?.differences ?? [])])
  if (unreachable !== undefined) {
    diagnostics.unshift(
      ofWholeFile('warning', 'unreachable_file', `no exchange finds this file: ${unreachable}`),
    )
  }
  const isInvalid = diagnostics.some(({ severity }) => severity === 'error')
  return {
    file: {
      file,
      level,
      verdict: isInvalid ? 'invalid' : 'valid',
      diagnostics,
      ...(comparison === undefined ? {} : { octo_sts: comparison.octoSts }),
    },
    lines: linesOf(bytes),
  }
}

function lintIssuerList(bytes: Uint8Array, { allowLoopback }: LintOptions): readonly Diagnostic[] {
  return readIssuerList(bytes, { allowLoopback }).diagnostics
}

function lintPolicy(
  bytes: Uint8Array,
  level: PolicyLevel,
  { place, strict }: LintOptions,
): readonly Diagnostic[] {
  // What is invalid only to a strict service is linted as well.
  const read = readTrustPolicy(bytes, { level })
  const { diagnostics } = strict ? readTrustPolicy(bytes, { level, strict }) : read
  if (!read.ok) return diagnostics
  const { orgPolicyRepo, home } = place
  return [
    ...diagnostics,
    ...lintTrustPolicy(read.value, { orgPolicyRepo }),
    ...checkOrigin(read.value, home?.fullName),
  ]
}

/** A policy that says it belongs elsewhere lets nobody in. */
function checkOrigin(policy: CompiledTrustPolicy, repository: string | undefined): readonly Diagnostic[] {
  const { origin } = policy.source
  if (origin === undefined || repository === undefined || isSameName(origin, repository)) return []
  const { line, column } = policy.positions.get('origin') ?? { line: 1, column: 1 }
  const message = `the policy is for ${origin} alone, and lets nobody in where it is: correct it, or remove origin`
  return [{ severity: 'error', code: 'origin_mismatch', message, line, column }]
}

function ofWholeFile(severity: Diagnostic['severity'], code: string, message: string): Diagnostic {
  return { severity, code, message, line: 1, column: 1 }
}

/** In the order of the document. What strictness made an error is not said again as a warning. */
function withoutRepetition(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const byPlace = new Map<string, Diagnostic>()
  for (const diagnostic of diagnostics) {
    const { line, column, code, message } = diagnostic
    const key = `${line}:${column} ${code} ${message}`
    if (!byPlace.has(key)) byPlace.set(key, diagnostic)
  }
  return [...byPlace.values()].sort((a, b) => a.line - b.line || a.column - b.column)
}
