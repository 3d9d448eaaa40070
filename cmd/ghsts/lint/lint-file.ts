import {
  DOCUMENT_MAX_BYTES,
  inspectIssuerList,
  inspectTrustPolicy,
  type Diagnostic,
  type Inspection,
  type loadOctoStsComparison,
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
  const { diagnostics: found } = inspect(bytes, level, options)
  const comparison = options.compareWithOctoSts?.(bytes, {
    level,
    allowLoopback: options.allowLoopback,
  })
  // The comparison says of each field that octo-sts does not read what becomes of the policy.
  const own = comparison === undefined ? found : found.filter(({ code }) => code !== 'not_portable')
  const diagnostics = [...own, ...(comparison?.differences ?? [])].sort(
    (a, b) => a.line - b.line || a.column - b.column,
  )
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

function inspect(
  bytes: Uint8Array,
  level: LintedFile['level'],
  { place, strict, allowLoopback }: LintOptions,
): Inspection<unknown> {
  if (level === 'issuer-list') return inspectIssuerList(bytes, { allowLoopback })
  const { orgPolicyRepo, home } = place
  return inspectTrustPolicy(bytes, level, { strict, orgPolicyRepo, repository: home?.fullName })
}

function ofWholeFile(severity: Diagnostic['severity'], code: string, message: string): Diagnostic {
  return { severity, code, message, line: 1, column: 1 }
}
