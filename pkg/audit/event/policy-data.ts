import type { TrustPolicy } from '#pkg/policy'
import type { ExchangeRecord } from '../record.ts'
import { toEventText } from './event-text.ts'

/** One pair of an open map, where a column for each name would break warehouses. */
export interface NamedValue {
  readonly name: string
  readonly value: string
}

/** A trust policy with octo-sts's names, of which empty ones are absent; behind them what octo-sts does not have. */
export interface PolicyData {
  readonly issuer?: string | undefined
  readonly issuer_pattern?: string | undefined
  readonly subject?: string | undefined
  readonly subject_pattern?: string | undefined
  readonly audience?: string | undefined
  readonly audience_pattern?: string | undefined
  readonly claim_pattern?: Readonly<Record<string, string>> | undefined
  readonly permissions: Readonly<Record<string, string>>
  /** Of a policy for one repository, that one. */
  readonly repositories?: readonly string[] | undefined
  readonly max_token_lifetime?: number | undefined
  readonly forbidden_claim_pattern?: readonly NamedValue[] | undefined
  readonly origin?: string | undefined
  readonly description?: string | undefined
}

/** The policy of a record; null when it is not known, as octo-sts has it. */
export function policyDataOf({ policy, scope }: ExchangeRecord): PolicyData | null {
  if (policy === undefined) return null
  const source = policy.policy
  return {
    issuer: source.issuer,
    issuer_pattern: source.issuer_pattern,
    subject: source.subject,
    subject_pattern: source.subject_pattern,
    audience: source.audience,
    audience_pattern: source.audience_pattern,
    claim_pattern: columnsOf(source.claim_pattern),
    permissions: source.permissions,
    repositories: source.repositories ?? repositoryOf(scope),
    max_token_lifetime: source.max_token_lifetime,
    forbidden_claim_pattern: pairsOf(source.forbidden_claim_pattern),
    origin: source.origin,
    description: source.description,
  }
}

/** Pairs of a map; undefined, which is absent in JSON, for none. */
export function pairsOf(
  map: Readonly<Record<string, string | number | boolean | undefined>> | undefined,
): readonly NamedValue[] | undefined {
  const pairs = Object.entries(map ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value: String(value) }],
  )
  return pairs.length === 0 ? undefined : pairs
}

/**
 * A map whose names become columns. BigQuery does not regard their case, and one row with a column twice would stop
 * the whole load: of names that differ in case alone the first one is kept.
 * https://docs.cloud.google.com/bigquery/docs/schemas#column_names
 */
function columnsOf(map: TrustPolicy['claim_pattern']): Readonly<Record<string, string>> | undefined {
  const columns = new Map<string, [string, string]>()
  for (const [name, value] of Object.entries(map ?? {})) {
    const text = toEventText(name)
    const key = text.toLowerCase()
    if (!columns.has(key)) columns.set(key, [text, value])
  }
  return columns.size === 0 ? undefined : Object.fromEntries(columns.values())
}

/** What a policy that names no repositories is for; undefined: all of the owner. */
function repositoryOf(scope: string): readonly string[] | undefined {
  const [, repository] = scope.split('/')
  return repository === undefined ? undefined : [repository]
}
