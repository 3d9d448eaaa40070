import type { Diagnostic } from '../document/diagnostic.ts'
import { createFindings } from '../document/findings.ts'
import { findOldSubjectForms, findWritesOfAnyRef } from './lint-github-subject.ts'
import {
  findExtensions,
  findSelfWideningGrants,
  findSensitivePermissions,
  findUnlimitedOrganizationGrants,
} from './lint-grant.ts'
import {
  findAnyAudience,
  findExpressionsInExactValues,
  findGlobs,
  findIssuersPastHost,
  findUnescapedDots,
} from './lint-patterns.ts'
import { positionOf, type LintCode, type LintContext, type LintRule } from './lint-rule.ts'
import { findValuesOfNoToken } from './lint-values.ts'
import { findSubjectsThatLeaveTheirOwner, findUnpinnedTenants } from './lint-tenancy.ts'
import type { CompiledTrustPolicy } from '../trust-policy.ts'

/** The findings that make a policy invalid where the server is strict (`STS_STRICT_POLICIES`). */
export const STRICT_LINT_CODES: ReadonlySet<string> = new Set<LintCode>([
  'any_audience',
  'issuer_past_host',
  'tenant_not_pinned',
])

const RULES: readonly LintRule[] = [
  findValuesOfNoToken,
  findUnpinnedTenants,
  findSubjectsThatLeaveTheirOwner,
  findIssuersPastHost,
  findAnyAudience,
  findUnescapedDots,
  findExpressionsInExactValues,
  findGlobs,
  findWritesOfAnyRef,
  findOldSubjectForms,
  findSensitivePermissions,
  findSelfWideningGrants,
  findUnlimitedOrganizationGrants,
  findExtensions,
]

/**
 * What is valid in a policy but likely not meant: warnings, in the order of the document, each with what to do.
 * Nothing here denies a token by itself; `STRICT_LINT_CODES` says which findings a strict server refuses.
 */
export function lintTrustPolicy(
  policy: CompiledTrustPolicy,
  context: LintContext = {},
): readonly Diagnostic[] {
  const findings = createFindings()
  for (const rule of RULES) {
    for (const { code, path, message } of rule(policy, context)) {
      findings.warn(code, message, positionOf(policy, path))
    }
  }
  return findings.list()
}
