import { checkTokenSyntax } from './check-token-syntax.ts'
import { claimOf, type Claims } from './claims.ts'
import type { Diagnostic } from './document/diagnostic.ts'
import { permitsIssuer, readIssuerList, type IssuerListSource } from './issuer-list.ts'
import { matchToken } from './match.ts'
import { readTrustPolicy } from './trust-policy-reader.ts'
import type { PolicyLevel, TrustPolicy } from './trust-policy.ts'

/** A document, and the claims of tokens to hold against it. */
export interface JudgeRequest {
  readonly level: PolicyLevel | 'issuer-list'
  readonly document: Uint8Array | string
  readonly tokens: readonly Claims[]
  /** The audience of a policy that names none. Undefined: such a policy matches nothing. */
  readonly domain?: string | undefined
  /** `owner/repository` that the document is in. Undefined: `origin` is not judged. */
  readonly repository?: string | undefined
  /** Whether `http` issuers on the loopback are valid. Default: false. */
  readonly allowLoopback?: boolean | undefined
}

/** What comes first decides: an invalid document, then an invalid token, then a mismatch. */
export type TokenVerdict = 'allow' | 'mismatch' | 'token_invalid' | 'policy_invalid'

export interface Judgement {
  readonly verdict: 'valid' | 'invalid'
  readonly diagnostics: readonly Diagnostic[]
  /** The document as understood: only the fields that are present. Undefined when it is invalid. */
  readonly value?: TrustPolicy | IssuerListSource
  /** One for each token. */
  readonly verdicts: readonly TokenVerdict[]
}

/**
 * Judges a document and whether it would let tokens in, without any network: neither signatures nor the times of
 * tokens are regarded, beyond a policy's own limit to their lifetime.
 */
export function judgeDocument(request: JudgeRequest): Judgement {
  const reading = readJudge(request)
  const { diagnostics } = reading
  if (!reading.ok) {
    return { verdict: 'invalid', diagnostics, verdicts: request.tokens.map(() => 'policy_invalid') }
  }
  const allowLoopback = request.allowLoopback === true
  const verdicts = request.tokens.map((claims): TokenVerdict => {
    if (!checkTokenSyntax(claims, { allowLoopback }).ok) return 'token_invalid'
    return reading.permits(claims) ? 'allow' : 'mismatch'
  })
  return { verdict: 'valid', diagnostics, value: reading.value, verdicts }
}

type Judge =
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly ok: true
      readonly diagnostics: readonly Diagnostic[]
      readonly value: TrustPolicy | IssuerListSource
      readonly permits: (claims: Claims) => boolean
    }

function readJudge({ level, document, domain, repository, allowLoopback }: JudgeRequest): Judge {
  if (level === 'issuer-list') {
    const list = readIssuerList(document, { allowLoopback: allowLoopback === true })
    if (!list.ok) return list
    const permits = (claims: Claims): boolean => {
      const issuer = claimOf(claims, 'iss')
      return list.value.mode === 'audit' || (typeof issuer === 'string' && permitsIssuer(list.value, issuer))
    }
    return { ...list, value: list.value.source, permits }
  }
  const policy = readTrustPolicy(document, { level })
  if (!policy.ok) return policy
  const permits = (claims: Claims): boolean => matchToken(policy.value, claims, { domain, repository }).ok
  return { ...policy, value: policy.value.source, permits }
}
