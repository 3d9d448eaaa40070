import { StsError, quote } from '#pkg/errors'
import { checkIssuer, permitsIssuer, type IssuerList } from '#pkg/policy'

/** Which issuers this server talks to at all; judged before anything is fetched for a token. */
export interface IssuerRules {
  /** Lets `http` and loopback hosts in, for development (`STS_ALLOW_LOOPBACK_ISSUERS`). */
  readonly allowLoopback: boolean
  /** The server's own list (`STS_ALLOWED_ISSUERS`, `STS_ALLOWED_ISSUER_PATTERNS`); undefined: any issuer. */
  readonly serverList: IssuerList | undefined
}

/** Step 2: the issuer that a token names is well formed and on the server's list, if there is one. */
export function admitIssuer(issuer: string, rules: IssuerRules): void {
  const syntax = checkIssuer(issuer, { allowLoopback: rules.allowLoopback })
  if (!syntax.ok) throw new StsError('issuer_syntax', { detail: { problem: syntax.problem } })
  if (rules.serverList !== undefined && !permitsIssuer(rules.serverList, issuer)) {
    throw new StsError('issuer_not_on_server_list', { detail: { issuer: quote(issuer) } })
  }
}
