import assert from 'node:assert/strict'
import {
  readTrustPolicy,
  type CompiledTrustPolicy,
  type Diagnostic,
  type TrustPolicyOptions,
} from '#pkg/policy'

/** The text of a policy that is valid at both levels, with lines of its own at the end. */
export function policyText(...lines: readonly string[]): string {
  return [
    'issuer: https://issuer.example',
    'subject: someone',
    'permissions: {contents: read}',
    ...lines,
    '',
  ].join('\n')
}

/** The policy in `text`, which must be valid. */
export function readValid(text: string, options: Partial<TrustPolicyOptions> = {}): CompiledTrustPolicy {
  const result = readTrustPolicy(text, { level: 'repository', ...options })
  assert.ok(result.ok, JSON.stringify(result.diagnostics))
  return result.value
}

/** Codes of the errors in an invalid document, with their places, in its order. */
export function errorsOf(
  source: string | Uint8Array,
  options: Partial<TrustPolicyOptions> = {},
): readonly string[] {
  const result = readTrustPolicy(source, { level: 'repository', ...options })
  assert.ok(!result.ok, 'the document is valid')
  return result.diagnostics.filter(({ severity }) => severity === 'error').map(showFinding)
}

/** `line:column code` */
export function showFinding({ line, column, code }: Diagnostic): string {
  return `${line}:${column} ${code}`
}
