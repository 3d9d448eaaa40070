import type { ExchangeRecord, IssuerListDecision, Outcome, RecordedGrant } from '#pkg/audit'
import { hashToken } from '#pkg/audit'
import { quote, type StsError } from '#pkg/errors'
import type { VerifiedToken } from '#pkg/oidc'
import { claimOf, describeValue, type CompiledTrustPolicy, type PolicyLevel } from '#pkg/policy'
import type { RequestTrace } from '#pkg/telemetry'
import type { ExchangeCall } from './exchange-call.ts'
import type { LoadedPolicy } from './trust-policies.ts'

/** What an exchange has learnt so far: each step adds its part, and the record is made of it at the end. */
export interface Trail {
  readonly call: ExchangeCall
  readonly trace: RequestTrace
  readonly startedAt: number
  /** Of the policy that is asked for. */
  level?: PolicyLevel
  unverifiedIssuer?: string
  token?: VerifiedToken
  installation?: { readonly id: number; readonly appId: string }
  issuerList?: IssuerListDecision
  loaded?: LoadedPolicy
  grant?: RecordedGrant
  minted?: { readonly token: string; readonly expiresAt: string }
}

/** The record of an exchange that ended at `now` (milliseconds since the epoch). */
export function recordOf(trail: Trail, now: number, outcome: Outcome, error?: StsError): ExchangeRecord {
  const { call, token, loaded, grant } = trail
  return {
    time: new Date(now).toISOString(),
    requestId: call.requestId,
    callerRequestId: call.callerRequestId,
    trace: trail.trace.context,
    transport: call.transport,
    scope: call.scopes[0] ?? call.scope,
    identity: call.identity,
    userAgent: call.userAgent,
    clientAddress: call.clientAddress,
    outcome,
    reason: error?.reason,
    detail: error?.detail,
    actor: token === undefined ? undefined : actorOf(token, loaded?.policy),
    unverifiedIssuer:
      token === undefined && trail.unverifiedIssuer !== undefined ? quote(trail.unverifiedIssuer) : undefined,
    policy: loaded && {
      source: loaded.source,
      blob: loaded.blob,
      level: loaded.policy.level,
      stale: loaded.stale,
      policy: loaded.policy.source,
    },
    installation: trail.installation,
    issuerList: trail.issuerList,
    grant: grant && { permissions: grant.permissions, repositories: grant.repositories },
    expiresAt: trail.minted?.expiresAt,
    tokenSha256: trail.minted === undefined ? undefined : hashToken(trail.minted.token),
    durationMs: Math.max(0, now - trail.startedAt),
  }
}

/** Only the claims that the policy names are kept: the rest of a token is nobody's business. */
function actorOf(
  { issuer, subject, claims }: VerifiedToken,
  policy: CompiledTrustPolicy | undefined,
): ExchangeRecord['actor'] {
  const named = [...(policy?.claims ?? []), ...(policy?.forbiddenClaims ?? [])]
  return {
    iss: issuer,
    sub: subject,
    jti: ownString(claims, 'jti'),
    iat: ownNumber(claims, 'iat'),
    exp: ownNumber(claims, 'exp'),
    claims: named.flatMap(({ claim }) => {
      const value = describeValue(claimOf(claims, claim))
      return value === undefined ? [] : [{ name: claim, value: quote(value) }]
    }),
  }
}

function ownString(claims: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = claimOf(claims, name)
  return typeof value === 'string' ? quote(value) : undefined
}

function ownNumber(claims: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = claimOf(claims, name)
  return typeof value === 'number' ? value : undefined
}
