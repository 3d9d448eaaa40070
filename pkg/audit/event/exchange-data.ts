import type { ExchangeRecord } from '../record.ts'
import { errorTextOf } from './error-text.ts'
import { pairsOf, policyDataOf, type NamedValue, type PolicyData } from './policy-data.ts'

/**
 * The data of an event. First what octo-sts sends, with its names, types and empty values, because recorders and views
 * are made for that (`Event` in https://github.com/octo-sts/app/blob/main/pkg/octosts/event.go); then what is ours.
 * What is undefined is absent in JSON. Every member is a column in `iac/modules/recorder/exchange.schema.json`.
 */
export interface ExchangeData {
  /** Empty texts until the token is verified. */
  readonly actor: {
    readonly iss: string
    readonly sub: string
    readonly claims?: readonly NamedValue[] | undefined
  }
  readonly trust_policy: PolicyData | null
  /** 0 when it is not known. */
  readonly installation_id: number
  readonly scope: string
  readonly identity: string
  readonly user_agent?: string | undefined
  /** In hex; empty when there was no token. */
  readonly token_sha256: string
  /** Absent on success. */
  readonly error?: string | undefined
  readonly time: string
  /** Only of an issuer that the organization's list does not have: whether it was let in all the same. */
  readonly issuer_allowlist?:
    { readonly mode: string; readonly allowed: boolean; readonly iss: string } | undefined

  /** The outcome: a code, `OK`, `REVOKED`, `NOT_REVOKED` or `MINT_UNKNOWN`. */
  readonly code: string
  readonly reason?: string | undefined
  readonly detail?: readonly NamedValue[] | undefined
  readonly request_id: string
  readonly caller_request_id?: string | undefined
  readonly trace_id?: string | undefined
  readonly transport: string
  readonly client_address?: string | undefined
  readonly unverified_issuer?: string | undefined
  /** `jti` of the caller's token, and its times (RFC 3339). */
  readonly token_id?: string | undefined
  readonly token_issued_at?: string | undefined
  readonly token_expires_at?: string | undefined
  readonly app_id?: string | undefined
  readonly policy?: PolicyPlaceData | undefined
  readonly issuer_list?: IssuerListData | undefined
  readonly granted?: GrantData | undefined
  /** Of the token that GitHub made; RFC 3339. */
  readonly expires_at?: string | undefined
  readonly token_sha256_base64?: string | undefined
  readonly duration_ms: number
}

interface PolicyPlaceData {
  /** `owner/repository:path`. */
  readonly source: string
  readonly blob: string
  readonly level: string
  readonly stale: boolean
}

interface IssuerListData {
  readonly source: string
  readonly mode?: string | undefined
  /** Whether the list has the issuer, or there is none. */
  readonly listed: boolean
  readonly stale: boolean
}

interface GrantData {
  readonly permissions: readonly { readonly name: string; readonly level: string }[]
  /** Empty for all of the installation. */
  readonly repositories: readonly string[]
  readonly all_repositories: boolean
}

/** What an event says of a record. */
export function exchangeDataOf(record: ExchangeRecord): ExchangeData {
  const { actor, installation, policy, tokenSha256 } = record
  return {
    actor: {
      iss: actor?.iss ?? '',
      sub: actor?.sub ?? '',
      claims: actor === undefined || actor.claims.length === 0 ? undefined : actor.claims,
    },
    trust_policy: policyDataOf(record),
    installation_id: installation?.id ?? 0,
    scope: record.scope,
    identity: record.identity,
    user_agent: record.userAgent === '' ? undefined : record.userAgent,
    token_sha256: tokenSha256?.hex ?? '',
    error: errorTextOf(record.outcome),
    time: record.time,
    issuer_allowlist: allowlistOf(record),

    code: record.outcome,
    reason: record.reason,
    detail: pairsOf(record.detail),
    request_id: record.requestId,
    caller_request_id: record.callerRequestId,
    trace_id: record.trace?.traceId,
    transport: record.transport,
    client_address: record.clientAddress,
    unverified_issuer: record.unverifiedIssuer,
    token_id: actor?.jti,
    token_issued_at: dateTimeOf(actor?.iat),
    token_expires_at: dateTimeOf(actor?.exp),
    app_id: installation?.appId,
    policy: policy && { source: policy.source, blob: policy.blob, level: policy.level, stale: policy.stale },
    issuer_list: issuerListOf(record),
    granted: grantOf(record),
    expires_at: dateTimeOf(secondsOf(record.expiresAt)),
    token_sha256_base64: tokenSha256?.base64,
    duration_ms: Math.round(record.durationMs),
  }
}

/** There `allowed` is what became of the issuer, not what the list says: true where the list is only audited. */
function allowlistOf({ issuerList, actor }: ExchangeRecord): ExchangeData['issuer_allowlist'] {
  if (issuerList?.mode === undefined || issuerList.allowed) return undefined
  return { mode: issuerList.mode, allowed: issuerList.mode === 'audit', iss: actor?.iss ?? '' }
}

function issuerListOf({ issuerList }: ExchangeRecord): IssuerListData | undefined {
  if (issuerList === undefined) return undefined
  const { source, mode, allowed, stale } = issuerList
  return { source, mode, listed: allowed, stale }
}

function grantOf({ grant }: ExchangeRecord): GrantData | undefined {
  if (grant === undefined) return undefined
  return {
    permissions: Object.entries(grant.permissions).map(([name, level]) => ({ name, level })),
    repositories: grant.repositories === 'all' ? [] : grant.repositories,
    all_repositories: grant.repositories === 'all',
  }
}

/** The last second that a warehouse takes: the end of the year 9999. */
const DATE_MAX_SECONDS = 253_402_300_799

/** A token may claim any number, and one row that cannot be read would stop the whole load. */
function dateTimeOf(seconds: number | undefined): string | undefined {
  if (seconds === undefined || !(seconds >= 0 && seconds <= DATE_MAX_SECONDS)) return undefined
  return new Date(seconds * 1000).toISOString()
}

function secondsOf(dateTime: string | undefined): number | undefined {
  return dateTime === undefined ? undefined : Date.parse(dateTime) / 1000
}
