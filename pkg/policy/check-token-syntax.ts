import type { Reason } from '#pkg/errors'
import { audiencesOf, claimOf, type Claims } from './claims.ts'
import {
  checkAudience,
  checkIssuer,
  checkSubject,
  type IssuerSyntaxOptions,
  type TokenSyntaxVerdict,
} from './token-syntax.ts'

export type TokenSyntaxResult =
  | { readonly ok: true }
  | {
      readonly ok: false
      readonly reason: Extract<Reason, 'issuer_syntax' | 'token_subject_syntax' | 'token_audience_syntax'>
      /** The rule that was broken, never the value. */
      readonly problem: string
    }

/**
 * Whether the issuer, the subject and each audience of a token are such that a policy may be asked about them. A
 * token without audiences passes: it matches no policy.
 */
export function checkTokenSyntax(claims: Claims, options: IssuerSyntaxOptions): TokenSyntaxResult {
  const issuer = checkText(claimOf(claims, 'iss'), (text) => checkIssuer(text, options))
  if (!issuer.ok) return { ...issuer, reason: 'issuer_syntax' }
  const subject = checkText(claimOf(claims, 'sub'), checkSubject)
  if (!subject.ok) return { ...subject, reason: 'token_subject_syntax' }
  for (const value of audiencesOf(claims)) {
    const audience = checkText(value, checkAudience)
    if (!audience.ok) return { ...audience, reason: 'token_audience_syntax' }
  }
  return { ok: true }
}

function checkText(value: unknown, check: (text: string) => TokenSyntaxVerdict): TokenSyntaxVerdict {
  return typeof value === 'string' ? check(value) : { ok: false, problem: 'must be text' }
}
