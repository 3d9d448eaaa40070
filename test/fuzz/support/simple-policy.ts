import fc from 'fast-check'
import { PERMISSIONS } from '../../../pkg/policy/permission-catalogue.ts'
import { matchesSimply, simplePattern, textOfPattern, type SimplePattern } from './simple-pattern.ts'

/** A policy in a part of the language that can be decided by looking. */
export interface SimplePolicy {
  readonly issuer: Wanted
  readonly subject: Wanted
  readonly audience: Wanted | undefined
  readonly claims: readonly (readonly [name: string, pattern: SimplePattern])[]
  readonly forbidden: readonly (readonly [name: string, pattern: SimplePattern])[]
  readonly maxLifetime: number | undefined
  readonly origin: string | undefined
  readonly permissions: Readonly<Record<string, string>>
  readonly repositories: readonly string[] | undefined
}

/** A value to equal, or a pattern to match. */
export type Wanted = string | SimplePattern

/** Names of claims, those that mean something to JavaScript or to JWT among them. */
export const CLAIM_NAMES = ['role', 'sub', 'aud', '__proto__', 'constructor', 'toString', 'a.b'] as const

const wanted = (...values: readonly string[]): fc.Arbitrary<Wanted> =>
  fc.oneof(fc.constantFrom(...values), simplePattern)

/** Often none, so that other rules decide too. */
const claimPatterns = fc.oneof(
  fc.constant([]),
  fc.uniqueArray(fc.tuple(fc.constantFrom(...CLAIM_NAMES), simplePattern), {
    selector: ([name]) => name,
    maxLength: 2,
  }),
)

/** Permissions that a policy of a repository may grant, each with one of its levels. */
const repositoryPermission = fc
  .constantFrom(...[...PERMISSIONS].filter(([, { kind }]) => kind === 'repository'))
  .chain(([name, { levels }]) => fc.tuple(fc.constant(name), fc.constantFrom(...levels)))

export interface PolicyChoices {
  readonly issuers: readonly [string, ...string[]]
  readonly subjects: readonly [string, ...string[]]
  readonly audiences: readonly [string, ...string[]]
  readonly origins: readonly [string, ...string[]]
  readonly permissions?: fc.Arbitrary<readonly [name: string, level: string]>
  readonly repositories?: fc.Arbitrary<readonly string[] | undefined>
}

export function simplePolicy(choices: PolicyChoices): fc.Arbitrary<SimplePolicy> {
  const { permissions = repositoryPermission, repositories = fc.constant(undefined) } = choices
  return fc.record({
    issuer: fc.oneof(fc.constantFrom(...choices.issuers), simplePattern),
    subject: wanted(...choices.subjects),
    audience: fc.option(wanted(...choices.audiences), { nil: undefined }),
    claims: claimPatterns,
    forbidden: claimPatterns,
    maxLifetime: fc.option(fc.constantFrom(1, 299, 300, 301, 899, 900, 901), { nil: undefined, freq: 2 }),
    origin: fc.option(fc.constantFrom(...choices.origins), { nil: undefined, freq: 2 }),
    permissions: fc
      .array(permissions, { minLength: 1, maxLength: 4 })
      .map((pairs) => Object.fromEntries(pairs)),
    repositories,
  })
}

/** The policy as a document: JSON, which is YAML. An expression in the place of a value is written as a pattern. */
export function textOfPolicy(policy: SimplePolicy): string {
  const { maxLifetime, origin, repositories } = policy
  const members: (readonly [string, unknown])[] = []
  for (const field of ['issuer', 'subject', 'audience'] as const) {
    const value = policy[field]
    if (typeof value === 'string') members.push([field, value])
    // An empty pattern has another spelling.
    else if (value !== undefined) members.push([`${field}_pattern`, textOfPattern(value) || '(?:)'])
  }
  if (policy.claims.length > 0) members.push(['claim_pattern', patternTexts(policy.claims)])
  if (policy.forbidden.length > 0) members.push(['forbidden_claim_pattern', patternTexts(policy.forbidden)])
  if (maxLifetime !== undefined) members.push(['max_token_lifetime', maxLifetime])
  if (origin !== undefined) members.push(['origin', origin])
  if (repositories !== undefined) members.push(['repositories', repositories])
  members.push(['permissions', policy.permissions])
  return JSON.stringify(Object.fromEntries(members), undefined, 1)
}

function patternTexts(entries: SimplePolicy['claims']): object {
  return Object.fromEntries(entries.map(([name, pattern]) => [name, textOfPattern(pattern)]))
}

/** Whether the policy lets a verified token in: the rules of the language, once more and as plainly as they go. */
export function allows(
  policy: SimplePolicy,
  claims: Readonly<Record<string, unknown>>,
  { domain, repository }: { readonly domain: string; readonly repository: string },
): boolean {
  const own = (name: string): unknown => (Object.hasOwn(claims, name) ? claims[name] : undefined)
  const { exp, nbf, iat } = { exp: own('exp'), nbf: own('nbf'), iat: own('iat') }
  const lifetimes = [nbf, iat]
    .filter((start) => start !== undefined)
    .map((start) => Number(exp) - Number(start))
  const { maxLifetime } = policy
  return (
    isWanted(policy.issuer, own('iss')) &&
    isWanted(policy.subject, own('sub')) &&
    [own('aud')].flat().some((audience) => isWanted(policy.audience ?? domain, audience)) &&
    policy.claims.every(([name, pattern]) =>
      [own(name)].flat().some((value) => fits(pattern, value) === 'yes'),
    ) &&
    policy.forbidden.every(
      ([name, pattern]) =>
        own(name) === undefined || [own(name)].flat().every((value) => fits(pattern, value) === 'no'),
    ) &&
    (maxLifetime === undefined || (lifetimes.length > 0 && lifetimes.every((it) => it <= maxLifetime))) &&
    (policy.origin === undefined || policy.origin.toLowerCase() === repository.toLowerCase())
  )
}

function isWanted(want: Wanted, value: unknown): boolean {
  if (typeof want === 'string') return value === want
  return typeof value === 'string' && fits(want, value) === 'yes'
}

/** `never`: the value is nothing that a pattern could match, so that it neither grants nor proves innocence. */
function fits(pattern: SimplePattern, value: unknown): 'yes' | 'no' | 'never' {
  if (typeof value === 'number' && Math.abs(value) >= 2 ** 53) return 'never'
  if (!['string', 'number', 'boolean'].includes(typeof value)) return 'never'
  const text = typeof value === 'number' ? withoutExponent(value) : String(value)
  if (Array.from(text).length > 1_024) return 'never'
  return matchesSimply(pattern, text) ? 'yes' : 'no'
}

function withoutExponent(value: number): string {
  const [, sign = '', whole = '', fraction = '', exponent] =
    /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/.exec(String(value)) ?? []
  if (exponent === undefined) return String(value)
  return `${sign}0.${(whole + fraction).padStart(Number(exponent) + fraction.length, '0')}`
}
