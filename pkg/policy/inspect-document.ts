import type { Diagnostic } from './document/diagnostic.ts'
import { readIssuerList, type IssuerList } from './issuer-list.ts'
import { lintTrustPolicy } from './lint/lint.ts'
import { isSameName } from './names.ts'
import { readTrustPolicy } from './trust-policy-reader.ts'
import type { CompiledTrustPolicy, PolicyLevel } from './trust-policy.ts'

/** How the service that will use the document is configured, and where the document is. */
export interface InspectOptions {
  /** Whether plain-http issuers on the loopback are valid. Default: false. */
  readonly allowLoopback?: boolean | undefined
  /** Whether a policy of a repository may grant permissions on the organization. Default: false. */
  readonly allowOrganizationPermissions?: boolean | undefined
  /** Whether the service is strict (`STS_STRICT_POLICIES`). Default: false. */
  readonly strict?: boolean | undefined
  /** The repository of the organization's policies. Undefined: none is known to be one. */
  readonly orgPolicyRepo?: string | undefined
  /** `owner/repository` that the document is in. Undefined: `origin` is not judged. */
  readonly repository?: string | undefined
}

/** What is to be said about a document: `value` is what an exchange would use, undefined when it is invalid. */
export interface Inspection<T> {
  readonly value: T | undefined
  /** Errors and warnings, each once, in the order of the document. */
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Reads a trust policy as an exchange does, and lints it too. Beyond the errors of the reader there is one:
 * `origin_mismatch`, for a policy that lets nobody in where it is.
 */
export function inspectTrustPolicy(
  document: Uint8Array | string,
  level: PolicyLevel,
  options: InspectOptions = {},
): Inspection<CompiledTrustPolicy> {
  const { strict = false, allowOrganizationPermissions = false, orgPolicyRepo, repository } = options
  // What is invalid only to a strict service is linted as well.
  const read = readTrustPolicy(document, { level, allowOrganizationPermissions })
  const used = strict ? readTrustPolicy(document, { level, allowOrganizationPermissions, strict }) : read
  if (!read.ok) return { value: undefined, diagnostics: used.diagnostics }
  const diagnostics = withoutRepetition([
    ...used.diagnostics,
    ...lintTrustPolicy(read.value, orgPolicyRepo === undefined ? {} : { orgPolicyRepo }),
    ...checkOrigin(read.value, repository),
  ])
  return { value: used.ok ? used.value : undefined, diagnostics }
}

/** Reads an organization's list of trusted issuers as an exchange does. */
export function inspectIssuerList(
  document: Uint8Array | string,
  { allowLoopback = false }: InspectOptions = {},
): Inspection<IssuerList> {
  const read = readIssuerList(document, { allowLoopback })
  return { value: read.ok ? read.value : undefined, diagnostics: read.diagnostics }
}

/** A policy that says it belongs elsewhere lets nobody in. */
function checkOrigin(policy: CompiledTrustPolicy, repository: string | undefined): readonly Diagnostic[] {
  const { origin } = policy.source
  if (origin === undefined || repository === undefined || isSameName(origin, repository)) return []
  const { line, column } = policy.positions.get('origin') ?? { line: 1, column: 1 }
  const message = `the policy is for ${origin} alone, and lets nobody in where it is: correct it, or remove origin`
  return [{ severity: 'error', code: 'origin_mismatch', message, line, column }]
}

/** In the order of the document. What strictness made an error is not said again as a warning. */
function withoutRepetition(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const byPlace = new Map<string, Diagnostic>()
  for (const diagnostic of diagnostics) {
    const { line, column, code, message } = diagnostic
    const key = `${line}:${column} ${code} ${message}`
    if (!byPlace.has(key)) byPlace.set(key, diagnostic)
  }
  return [...byPlace.values()].sort((a, b) => a.line - b.line || a.column - b.column)
}
