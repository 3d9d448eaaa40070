import type { ErrorCode, ErrorDetail, Reason } from '#pkg/errors'
import type { PolicyLevel, TrustPolicy } from '#pkg/policy'
import type { TraceContext } from '#pkg/telemetry'
import type { TokenHash } from './token-hash.ts'

/**
 * What one exchange came to. Every exchange that gets as far as a parsed request ends in exactly one;
 * a token that has to be revoked afterwards adds a second one with the outcome `REVOKED`, or `NOT_REVOKED` when GitHub
 * could not be brought to it: that token lives until it expires.
 *
 * Holds no token, no key and no JWT: a token is known by its hashes alone.
 */
export interface ExchangeRecord {
  /** RFC 3339, UTC, when the exchange ended. */
  readonly time: string
  readonly requestId: string
  readonly callerRequestId?: string | undefined
  /** Where the request stands in a trace. */
  readonly trace?: TraceContext | undefined
  readonly transport: 'grpc' | 'http'
  readonly scope: string
  readonly identity: string
  readonly userAgent?: string | undefined
  readonly clientAddress?: string | undefined
  readonly outcome: Outcome
  /** Absent when the outcome is `OK`. */
  readonly reason?: Reason | undefined
  readonly detail?: ErrorDetail | undefined
  /** Who asked; absent until the token is verified. */
  readonly actor?: Actor | undefined
  /** The issuer that an unverified token names, cut; never to be believed. */
  readonly unverifiedIssuer?: string | undefined
  readonly policy?: PolicyReference | undefined
  readonly installation?: { readonly id: number; readonly appId: string } | undefined
  readonly issuerList?: IssuerListDecision | undefined
  /** What was granted, or would have been. */
  readonly grant?: RecordedGrant | undefined
  /** RFC 3339, as GitHub gave it. */
  readonly expiresAt?: string | undefined
  readonly tokenSha256?: TokenHash | undefined
  /** From the parsed request to the end, in milliseconds. */
  readonly durationMs: number
}

/** The code the exchange ended with, or what became of a token that nobody got. */
export type Outcome = 'OK' | 'REVOKED' | 'NOT_REVOKED' | 'MINT_UNKNOWN' | ErrorCode

export interface Actor {
  readonly iss: string
  readonly sub: string
  readonly jti?: string | undefined
  readonly iat?: number | undefined
  readonly exp?: number | undefined
  /** The claims that the policy names, in its order; a list, because a column per claim breaks warehouses. */
  readonly claims: readonly { readonly name: string; readonly value: string }[]
}

export interface PolicyReference {
  /** `owner/repository:path`. */
  readonly source: string
  /** The file's git blob id. */
  readonly blob: string
  readonly level: PolicyLevel
  /** True when GitHub could not be asked and an older copy was used. */
  readonly stale: boolean
  readonly policy: TrustPolicy
}

export interface IssuerListDecision {
  /** `unreadable`: no App can see the repository that would hold the list. */
  readonly source: 'present' | 'absent' | 'unreadable'
  readonly mode?: 'enforce' | 'audit' | undefined
  readonly allowed: boolean
  readonly stale: boolean
}

export interface RecordedGrant {
  readonly permissions: Readonly<Record<string, string>>
  readonly repositories: readonly string[] | 'all'
}
