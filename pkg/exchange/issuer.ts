import { LRUCache } from 'lru-cache'
import { StsError, quote } from '#pkg/errors'
import { checkIssuer, permitsIssuer, type IssuerList } from '#pkg/policy'

/** Which issuers this server talks to at all; judged before anything is fetched for a token. */
export interface IssuerRules {
  /** Lets `http` and loopback hosts in, for development (`STS_ALLOW_LOOPBACK_ISSUERS`). */
  readonly allowLoopback: boolean
  /** The server's own list (`STS_ALLOWED_ISSUERS`, `STS_ALLOWED_ISSUER_PATTERNS`); undefined: any issuer. */
  readonly serverList: IssuerList | undefined
}

/** Issuers whose admission is remembered; one costs some hundred bytes. */
const ADMITTED_MAX = 1_000

/** Step 2: the issuer that a token names is well formed and on the server's list, if there is one. */
export type IssuerAdmission = (issuer: string) => void

/** The answer for an issuer never changes, so that of those who were admitted is kept. */
export function createIssuerAdmission({ allowLoopback, serverList }: IssuerRules): IssuerAdmission {
  const admitted = new LRUCache<string, true>({ max: ADMITTED_MAX })
  return (issuer) => {
    if (admitted.get(issuer) === true) return
    const syntax = checkIssuer(issuer, { allowLoopback })
    if (!syntax.ok) throw new StsError('issuer_syntax', { detail: { problem: syntax.problem } })
    if (serverList !== undefined && !permitsIssuer(serverList, issuer)) {
      throw new StsError('issuer_not_on_server_list', { detail: { issuer: quote(issuer) } })
    }
    admitted.set(issuer, true)
  }
}
