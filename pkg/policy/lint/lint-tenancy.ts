import { edgeTexts, type EdgeText } from '../expression/edge-text.ts'
import { accepts, matcherPath, syntaxOf, type LintRule } from './lint-rule.ts'
import { SHARED_ISSUERS, type SharedIssuer, type TenantText } from './tenancy.ts'
import type { CompiledTrustPolicy, Matcher } from '../trust-policy.ts'

/** A policy for an issuer that everybody gets tokens of, which does not say whose tokens it means. */
export const findUnpinnedTenants: LintRule = (policy) => {
  const open = sharedIssuersOf(policy).filter((shared) => !isTenantPinned(policy, shared))
  const [first] = open
  if (first === undefined) return []
  const names = open.map(({ name }) => name).join(', ')
  const message = `anyone can get a token of this issuer (${names}), and nothing here says whose it must be: ${first.advice}`
  return [{ code: 'tenant_not_pinned', path: matcherPath('subject', policy.subject), message }]
}

/** A subject pattern that names an owner, but not its end: `repo:acme.*` is also `repo:acme-evil/x`. */
export const findSubjectsThatLeaveTheirOwner: LintRule = (policy) => {
  const { subject } = policy
  if (subject.kind !== 'pattern') return []
  const leaves = sharedIssuersOf(policy).some((shared) => {
    if (isTenantPinned(policy, shared)) return false
    return edgeTexts(syntaxOf(subject.expression), 'start').some((text) => namesTenantInPart(text, shared))
  })
  if (!leaves) return []
  const message =
    'the pattern goes on behind the owner, so that owners with a longer name pass: write the / behind it, and [^/:]* for what may vary'
  return [{ code: 'subject_leaves_owner', path: 'subject_pattern', message }]
}

function sharedIssuersOf({ issuer }: CompiledTrustPolicy): readonly SharedIssuer[] {
  return SHARED_ISSUERS.filter(({ values }) =>
    values.some((all) => all.every((value) => accepts(issuer, value))),
  )
}

function isTenantPinned(policy: CompiledTrustPolicy, shared: SharedIssuer): boolean {
  if (shared.subjects.some((form) => pins(policy.subject, form))) return true
  return policy.claims.some(({ claim, expression }) => {
    const matcher: Matcher = { kind: 'pattern', expression }
    if (claim === 'sub') return shared.subjects.some((form) => pins(matcher, form))
    const form = shared.claims.get(claim)
    return form !== undefined && pins(matcher, form)
  })
}

function pins(matcher: Matcher, form: TenantText): boolean {
  const texts: readonly EdgeText[] =
    matcher.kind === 'exact'
      ? [{ text: matcher.value.toLowerCase(), open: false }]
      : edgeTexts(syntaxOf(matcher.expression), form.edge)
  return texts.every((text) => namesTenant(text, form))
}

function namesTenant({ text, open }: EdgeText, { edge, before, after }: TenantText): boolean {
  if (!text.startsWith(before) || text.length === before.length) return false
  if (!open) return true
  const name = edge === 'start' ? text.slice(before.length) : Array.from(text).reverse().join('')
  return Array.from(after).some((character) => name.indexOf(character) > 0)
}

function namesTenantInPart(text: EdgeText, shared: SharedIssuer): boolean {
  return shared.subjects.some((form) => {
    return form.before !== '' && text.text.length > form.before.length && text.text.startsWith(form.before)
      ? !namesTenant(text, form)
      : false
  })
}
