import type { Outcome, Sink } from '#pkg/audit'
import type { DenialDetail } from '#pkg/config'
import { StsError, denialOf, toStsError } from '#pkg/errors'
import type { GitHubApp, Installation, MintedToken, MintTokenRequest } from '#pkg/github'
import { readToken } from '#pkg/jwt'
import type { TokenVerifier, VerifiedToken } from '#pkg/oidc'
import { locatePolicy, type PolicyLocation } from '#pkg/policy'
import { abortable } from '#pkg/store'
import { disclose } from './disclosure.ts'
import type { Exchange, ExchangeCall, ExchangeOutcome } from './exchange-call.ts'
import { createGrants } from './grants.ts'
import { createIssuerAdmission, type IssuerRules } from './issuer.ts'
import { admitByOrganization, type OrganizationIssuers } from './organization-issuers.ts'
import type { FileReader } from './policy-files.ts'
import { readRequest, type ExchangeRequest } from './request.ts'
import { recordOf, type Trail } from './trail.ts'
import { matchPolicy, type LoadedPolicy, type TrustPolicies } from './trust-policies.ts'

/** A sink that has not taken a record by then has refused it, in milliseconds. */
const RECORD_MAX_MS = 3_000

/** The parts that the exchange is made of. */
export interface ExchangeParts {
  readonly issuerRules: IssuerRules
  readonly verifier: TokenVerifier
  /** The App that serves an owner; undefined: none does. */
  readonly appFor: (owner: string) => GitHubApp | undefined
  readonly organizationIssuers: OrganizationIssuers
  readonly trustPolicies: TrustPolicies
  /** Has to take the record before a token leaves. */
  readonly sink: Sink
  /** The repository of an owner's organization policies (`ORG_POLICY_REPO`). */
  readonly organizationPolicyRepository: string
  /** The audience that a policy without one asks for: the service's own domain. */
  readonly domain: string
  readonly denialDetail: DenialDetail
  readonly isGitHubIssuer: (issuer: string) => boolean
  /** False leaves the expiry out of answers, as octo-sts does. */
  readonly answerExpiry: boolean
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** The exchange, and what it may leave behind when a caller goes away. */
export interface ExchangeService {
  readonly exchange: Exchange
  /**
   * Resolves when no token is being made any more for a caller who has left, at the latest after `graceMs`
   * milliseconds; what GitHub has not answered by then is recorded as MINT_UNKNOWN.
   */
  readonly settle: (graceMs: number) => Promise<void>
}

/**
 * The token exchange: from a caller's OIDC token to a GitHub token that its policy grants.
 *
 * Read it from `obtain` on: the steps are in order, each is one function, and each ends the exchange by
 * throwing an StsError whose reason says which rule it was.
 */
export function createExchange(parts: ExchangeParts): ExchangeService {
  const { now, sink } = parts
  const admitIssuer = createIssuerAdmission(parts.issuerRules)
  const grants = createGrants()
  const lateMints = new Set<Promise<void>>()
  /** Of the late mints those that GitHub has not answered. */
  const unanswered = new Set<Trail>()

  async function exchange(call: ExchangeCall): Promise<ExchangeOutcome> {
    const trail: Trail = { call, startedAt: now() }
    let request: ExchangeRequest
    try {
      request = readRequest(call) //                                                      1. request
    } catch (thrown) {
      const { code, reason } = toStsError(thrown)
      return { ok: false, denial: denialOf(code), reason }
    }
    try {
      const obtained = await obtain(request, trail)
      await record(trail, obtained) //                                                   11. record
      vouchFor(obtained)
      return answer(trail, obtained) //                                                  12. answer
    } catch (thrown) {
      return deny(request, trail, toStsError(thrown))
    }
  }

  async function obtain(request: ExchangeRequest, trail: Trail): Promise<Obtained> {
    const { signal } = trail.call
    const unverified = readToken(request.bearer) //                                       2. issuer
    trail.unverifiedIssuer = unverified.issuer
    admitIssuer(unverified.issuer)
    const token = await parts.verifier.verify(unverified, { signal }) //                  3. token
    trail.token = token

    const location = locatePolicy(request.scope, request.identity, parts.organizationPolicyRepository)
    const app = choosePool(location.owner) //                                             4. pool
    const installation = await app.findInstallation(location, { signal }) //              5. installation
    trail.installation = { id: installation.id, appId: app.appId }

    // A list that nobody can see permits, so that is asked again before it is believed.
    const listReader = readerOf(app, installation, { retryUnreadable: true })
    const policyReader = readerOf(app, installation, { retryUnreadable: false })
    const [issuerList, policyRead] = await Promise.allSettled([
      parts.organizationIssuers.decide(location.owner, token.issuer, listReader, signal), //  6. issuer list
      parts.trustPolicies.read(location, policyReader, signal), //                              7. trust policy
    ])
    // The list counts first: whoever it keeps out learns nothing about the policy.
    trail.issuerList = valueOf(issuerList)
    admitByOrganization(trail.issuerList, token.issuer)
    const loaded = valueOf(policyRead)
    trail.loaded = loaded

    matchPolicy(loaded.policy, token, location, parts.domain) //                          8. match
    const grant = grants.of(loaded.policy, location) //                                   9. grant
    trail.grant = grant
    const minted = await mint(app, { grant, installation, target: location }, trail) //  10. mint
    trail.installation = { id: minted.installation.id, appId: app.appId }
    return { token, minted, app, location, loaded }
  }

  /** What served a grant is kept in memory in preference to what strangers ask for. */
  function vouchFor({ token, location }: Obtained): void {
    parts.verifier.vouch(token.issuer)
    parts.trustPolicies.vouchFor(location)
    parts.organizationIssuers.vouchFor(location.owner)
  }

  function choosePool(owner: string): GitHubApp {
    const app = parts.appFor(owner)
    if (app === undefined) throw new StsError('app_pool_missing')
    return app
  }

  /**
   * A caller who leaves while GitHub makes the token does not stop that: the token would live on, unknown.
   * It is awaited behind the caller's back and revoked.
   */
  async function mint(app: GitHubApp, request: MintTokenRequest, trail: Trail): Promise<MintedToken> {
    const { signal } = trail.call
    const minting = app.mintToken(request, { signal })
    try {
      return await abortable(minting, signal)
    } catch (thrown) {
      if (signal.aborted) awaitLateMint(minting, app, trail)
      throw thrown
    }
  }

  function awaitLateMint(minting: Promise<MintedToken>, app: GitHubApp, trail: Trail): void {
    unanswered.add(trail)
    const late = finishLateMint(minting, app, trail).finally(() => lateMints.delete(late))
    lateMints.add(late)
  }

  async function finishLateMint(minting: Promise<MintedToken>, app: GitHubApp, trail: Trail): Promise<void> {
    try {
      const minted = await minting.finally(() => unanswered.delete(trail))
      await revoke(trail, minted, app)
    } catch (thrown) {
      await recordLateFailure(trail, toStsError(thrown))
    }
  }

  /** A token that may live on must be in the records, whoever has left. */
  async function recordLateFailure(trail: Trail, error: StsError): Promise<void> {
    if (error.reason !== 'mint_unknown') return
    await write(trail, 'MINT_UNKNOWN', error).catch(() => undefined)
  }

  /** The token leaves only if the caller still waits and its record is safe; else it is revoked. */
  async function record(trail: Trail, { minted, app }: Obtained): Promise<void> {
    const { signal } = trail.call
    try {
      signal.throwIfAborted()
      trail.minted = minted
      await write(trail, 'OK')
    } catch (thrown) {
      void revoke(trail, minted, app)
      throw signal.aborted ? thrown : new StsError('audit_refused', { cause: thrown })
    }
  }

  function answer(trail: Trail, { minted, app, location, loaded }: Obtained): ExchangeOutcome {
    return {
      ok: true,
      token: minted.token,
      expiresAt: parts.answerExpiry ? minted.expiresAt : '',
      permissions: minted.permissions,
      repositories: minted.repositories === 'all' ? undefined : minted.repositories,
      policy: { path: location.path, blob: loaded.blob },
      abandon: () => void revoke(trail, minted, app),
    }
  }

  /** Rejects when the sink refuses the record, throws, or has not taken it in time: nobody hangs on a sink. */
  async function write(trail: Trail, outcome: Outcome, error?: StsError): Promise<void> {
    // A defect is logged with its stack: that of what was thrown below, or else its own.
    const cause = error?.code === 'INTERNAL' ? (error.cause ?? error) : error?.cause
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new StsError('audit_refused', { detail: { afterMs: RECORD_MAX_MS } }))
      }, RECORD_MAX_MS)
    })
    try {
      await Promise.race([sink.accept(recordOf(trail, now(), outcome, error), cause), late])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Never rejects: GitHub revokes in the background, and a record that is not taken cannot be helped here. */
  async function revoke(trail: Trail, minted: MintedToken, app: GitHubApp): Promise<void> {
    trail.minted = minted
    await app.revokeToken(minted)
    await write(trail, 'REVOKED').catch(() => undefined)
  }

  async function deny(request: ExchangeRequest, trail: Trail, error: StsError): Promise<ExchangeOutcome> {
    const outcome = error.reason === 'mint_unknown' ? 'MINT_UNKNOWN' : error.code
    // A denial is answered whether or not it could be recorded: it gives nothing away.
    await write(trail, outcome, error).catch(() => undefined)
    const { denialDetail: detail, isGitHubIssuer } = parts
    const { owner } = request.scope
    return { ok: false, denial: disclose(error, { token: trail.token, owner, detail, isGitHubIssuer }) }
  }

  return {
    exchange,
    async settle(graceMs) {
      const grace = AbortSignal.timeout(graceMs)
      await abortable(Promise.all(lateMints), grace).catch(() => undefined)
      const error = new StsError('mint_unknown', { detail: { problem: 'not answered before the end' } })
      await Promise.all(Array.from(unanswered, (trail) => recordLateFailure(trail, error)))
    },
  }
}

/** What steps 2 to 10 came to. */
interface Obtained {
  readonly token: VerifiedToken
  readonly minted: MintedToken
  readonly app: GitHubApp
  readonly location: PolicyLocation
  readonly loaded: LoadedPolicy
}

/** Reads files as this App, through tokens that reach no further than the repository they are in. */
function readerOf(
  app: GitHubApp,
  installation: Installation,
  { retryUnreadable }: { readonly retryUnreadable: boolean },
): FileReader {
  return {
    accountId: installation.account.id,
    read: (place, etag, signal) =>
      app.readFile({ ...place, installation, etag }, { signal, retryUnreadable }),
  }
}

function valueOf<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'fulfilled') return result.value
  throw result.reason
}
