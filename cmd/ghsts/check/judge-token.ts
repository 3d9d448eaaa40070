import {
  checkTokenSyntax,
  claimOf,
  explainToken,
  readTrustPolicy,
  type Check,
  type Claims,
  type CompiledTrustPolicy,
  type MatchContext,
  type PolicyLevel,
} from '#pkg/policy'
import type { PolicyHome } from '../policy-file.ts'
import type { CheckReport, Grant, ReportedCheck } from './check-report.ts'
import { notesOnPolicy, notesOnToken } from './notes.ts'
import { findDifference, type TextDifference } from './text-difference.ts'
import type { TokenReading, TokenSource } from './token-source.ts'

export interface TokenQuestion {
  readonly file: string
  readonly document: Uint8Array
  readonly level: PolicyLevel
  readonly home: PolicyHome | undefined
  readonly domain: string | undefined
  readonly allowLoopback: boolean
  readonly kind: TokenSource['kind']
  readonly token: TokenReading
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Judges one token: an invalid policy goes before an invalid token, and that before a mismatch. */
export function judgeToken(question: TokenQuestion): CheckReport {
  const { file, document, level, home, domain, token } = question
  const read = readTrustPolicy(document, { level })
  const base = {
    policy: { file, level },
    diagnostics: read.diagnostics,
    checks: [],
    notes: notesOnToken(question.kind, token.ok ? token.claims : undefined, question.now),
  }
  if (!read.ok) return { verdict: 'policy_invalid', ...base }
  if (!token.ok) {
    return { verdict: 'token_invalid', reason: token.reason, problem: token.problem, ...base }
  }
  const syntax = checkTokenSyntax(token.claims, { allowLoopback: question.allowLoopback })
  if (!syntax.ok) {
    const { reason, problem } = syntax
    return { verdict: 'token_invalid', reason, problem: `${CLAIM_OF_REASON[reason]} ${problem}`, ...base }
  }
  const context: MatchContext = { domain, repository: home?.fullName }
  const checks = explainToken(read.value, token.claims, context).map((check): ReportedCheck => {
    const difference = differenceOf(check, read.value, token.claims)
    return difference === undefined ? check : { ...check, difference }
  })
  const notes = [...base.notes, ...notesOnPolicy(read.value, context)]
  const failed = checks.find(({ ok }) => !ok)
  return failed === undefined
    ? { verdict: 'allow', ...base, checks, grant: grantOf(read.value, home), notes }
    : { verdict: 'mismatch', reason: failed.reason, ...base, checks, notes }
}

const CLAIM_OF_REASON = {
  issuer_syntax: 'iss',
  token_subject_syntax: 'sub',
  token_audience_syntax: 'aud',
} as const

/** For one text that is compared as it is: an expression has no place where a text leaves it. */
function differenceOf(
  { ok, field, expected }: Check,
  policy: CompiledTrustPolicy,
  claims: Claims,
): TextDifference | undefined {
  if (ok || expected === undefined || (field !== 'issuer' && field !== 'subject' && field !== 'audience')) {
    return undefined
  }
  const actual = claimOf(claims, { issuer: 'iss', subject: 'sub', audience: 'aud' }[field])
  if (typeof actual !== 'string' || policy[field]?.kind === 'pattern') return undefined
  return findDifference(expected, actual)
}

function grantOf({ level, source }: CompiledTrustPolicy, home: PolicyHome | undefined): Grant {
  const { permissions, repositories } = source
  if (level === 'organization') return { permissions, repositories: repositories ?? 'all' }
  return { permissions, repositories: home === undefined ? 'own' : [home.name] }
}
