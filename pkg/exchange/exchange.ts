import type { Outcome, Sink } from '#pkg/audit'
import type { DenialDetail } from '#pkg/config'
import { StsError, denialOf, toStsError, type ErrorCode, type Reason } from '#pkg/errors'
import {
  routeKey,
  type AppPool,
  type Grant,
  type MintedToken,
  type OpenPool,
  type PooledToken,
} from '#pkg/github'
import { readToken, type UnverifiedToken } from '#pkg/jwt'
import type { TokenVerifier, VerifiedToken } from '#pkg/oidc'
import { locatePolicy, type PolicyLocation } from '#pkg/policy'
import { abortable } from '#pkg/store'
import { NO_TRACE, type ExchangeEnd } from '#pkg/telemetry'
import { belongsToOwner, disclose } from './disclosure.ts'
import type { Exchange, ExchangeCall, ExchangeOutcome } from './exchange-call.ts'
import { createExchangeGate } from './exchange-gate.ts'
import { createGrants } from './grants.ts'
import { createIssuerAdmission, type IssuerRules } from './issuer.ts'
import type { MissBudget } from './miss-budget.ts'
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
  /** The Apps that serve an owner; undefined: none does. */
  readonly poolFor: (owner: string) => AppPool | undefined
  /** The owners that are served at all, in lower case; undefined: any. */
  readonly allowedOwners?: ReadonlySet<string> | undefined
  /** How often callers may ask for what is not there. */
  readonly missBudget: MissBudget
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
  /** Told of every exchange that was recorded, as its caller is. Must neither throw nor wait. */
  readonly onEnd?: ((end: ExchangeEnd) => void) | undefined
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
 * Read it from `exchange` on: the steps are in order and bear their names ({@link StepName}), each is one function,
 * and each ends the exchange by throwing an StsError whose reason says which rule it was.
 */
export function createExchange(parts: ExchangeParts): ExchangeService {
  const { now, sink, missBudget } = parts
  const gate = createExchangeGate()
  const admitIssuer = createIssuerAdmission(parts.issuerRules)
  const grants = createGrants()
  const lateMints = new Set<Promise<void>>()
  /** Of the late mints those that GitHub has not answered. */
  const unanswered = new Set<Trail>()

  async function exchange(call: ExchangeCall): Promise<ExchangeOutcome> {
    const trace = call.trace ?? NO_TRACE
    const trail: Trail = { call, trace, startedAt: now() }
    let request: ExchangeRequest
    try {
      request = trace.step('request', () => readRequest(call))
    } catch (thrown) {
      const { code, reason } = toStsError(thrown)
      return { ok: false, denial: denialOf(code), reason }
    }
    try {
      const obtained = await obtain(request, trail)
      await trace.step('record', () => record(trail, obtained))
      vouchFor(obtained)
      conclude(trail, 'OK')
      return trace.step('answer', () => answer(trail, obtained))
    } catch (thrown) {
      return deny(request, trail, toStsError(thrown))
    }
  }

  async function obtain(request: ExchangeRequest, trail: Trail): Promise<Obtained> {
    const { owner } = request.scope
    const unverified = trail.trace.step('issuer', () => readIssuer(request, trail))
    if (parts.allowedOwners?.has(owner.toLowerCase()) === false) throw new StsError('owner_not_allowed')
    const leave = gate.enter(unverified.issuer, missBudget.isStranger({ issuer: unverified.issuer, owner }))
    try {
      return await obtainFor(unverified, request, trail)
    } finally {
      leave()
    }
  }

  async function obtainFor(
    unverified: UnverifiedToken,
    request: ExchangeRequest,
    trail: Trail,
  ): Promise<Obtained> {
    const { trace, call } = trail
    const { signal } = call
    const token = await trace.step('token', () => parts.verifier.verify(unverified, { signal }))
    trail.token = token

    const location = locatePolicy(request.scope, request.identity, parts.organizationPolicyRepository)
    trail.level = location.level
    const pool = trace.step('pool', () => choosePool(location.owner))
    const { owner } = location
    const belongs = belongsToOwner({ token, owner, isGitHubIssuer: parts.isGitHubIssuer })
    const guess = (): (() => void) => missBudget.take({ issuer: token.issuer, owner, belongs })
    const opened = await trace.step('installation', () => pool.open(location, { signal, guess }))
    trail.installation = { id: opened.installation.id, appId: opened.appId }

    // A list that nobody can see permits, so that is asked again before it is believed.
    const listReader = readerOf(opened, { retryUnreadable: true, isStranger: !belongs })
    const policyReader = readerOf(opened, { retryUnreadable: false, isStranger: !belongs })
    const [issuerList, policyRead] = await Promise.allSettled([
      trace.step('issuer_list', () =>
        parts.organizationIssuers.decide(owner, token.issuer, listReader, signal),
      ),
      trace.step('policy', () => parts.trustPolicies.read(location, policyReader, signal, guess)),
    ])
    // The list counts first: whoever it keeps out learns nothing about the policy.
    trail.issuerList = valueOf(issuerList)
    admitByOrganization(trail.issuerList, token.issuer)
    const loaded = valueOf(policyRead)
    trail.loaded = loaded

    trace.step('match', () => {
      matchPolicy(loaded.policy, token, location, parts.domain)
    })
    const grant = trace.step('grant', () => grants.of(loaded.policy, location))
    trail.grant = grant
    const route = routeOf(grant, request, token)
    const { token: minted, app } = await trace.step('mint', (context) =>
      mint(opened.mintToken({ grant, target: location, trace: context, route }, { signal }), trail),
    )
    trail.installation = { id: minted.installation.id, appId: app.appId }
    return { token, minted, app, location, loaded }
  }

  function readIssuer(request: ExchangeRequest, trail: Trail): UnverifiedToken {
    const unverified = readToken(request.bearer)
    trail.unverifiedIssuer = unverified.issuer
    admitIssuer(unverified.issuer)
    return unverified
  }

  /** What served a grant is kept in memory in preference to what strangers ask for. */
  function vouchFor({ token, location }: Obtained): void {
    parts.verifier.vouch(token.issuer)
    parts.trustPolicies.vouchFor(location)
    parts.organizationIssuers.vouchFor(location.owner)
    missBudget.vouchFor({ issuer: token.issuer, owner: location.owner })
  }

  function choosePool(owner: string): AppPool {
    const pool = parts.poolFor(owner)
    if (pool === undefined) throw new StsError('app_pool_missing')
    return pool
  }

  /**
   * A caller who leaves while GitHub makes the token does not stop that: the token would live on, unknown.
   * It is awaited behind the caller's back and revoked.
   */
  async function mint(minting: Promise<PooledToken>, trail: Trail): Promise<PooledToken> {
    const { signal } = trail.call
    try {
      return await abortable(minting, signal)
    } catch (thrown) {
      if (signal.aborted) awaitLateMint(minting, trail)
      throw thrown
    }
  }

  function awaitLateMint(minting: Promise<PooledToken>, trail: Trail): void {
    unanswered.add(trail)
    const late = finishLateMint(minting, trail).finally(() => lateMints.delete(late))
    lateMints.add(late)
  }

  async function finishLateMint(minting: Promise<PooledToken>, trail: Trail): Promise<void> {
    try {
      const { token: minted, app } = await minting
      unanswered.delete(trail)
      await revoke(trail, minted, app)
    } catch (thrown) {
      // Recorded already where nobody could wait any longer.
      if (unanswered.delete(trail)) await recordLateFailure(trail, toStsError(thrown))
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
  async function revoke(trail: Trail, minted: MintedToken, app: PooledToken['app']): Promise<void> {
    trail.minted = minted
    const isDead = await app.revokeToken(minted)
    await write(trail, isDead ? 'REVOKED' : 'NOT_REVOKED').catch(() => undefined)
  }

  async function deny(request: ExchangeRequest, trail: Trail, error: StsError): Promise<ExchangeOutcome> {
    const outcome = error.reason === 'mint_unknown' ? 'MINT_UNKNOWN' : error.code
    // A denial is answered whether or not it could be recorded: it gives nothing away.
    await write(trail, outcome, error).catch(() => undefined)
    conclude(trail, error.code, error.reason)
    const { denialDetail: detail, isGitHubIssuer } = parts
    const { owner } = request.scope
    return { ok: false, denial: disclose(error, { token: trail.token, owner, detail, isGitHubIssuer }) }
  }

  /** Tells the trace and the metrics what the caller is told. */
  function conclude(trail: Trail, code: ErrorCode | 'OK', reason?: Reason): void {
    trail.trace.conclude(code, reason)
    const { transport } = trail.call
    const durationMs = Math.max(0, now() - trail.startedAt)
    parts.onEnd?.({ code, reason, level: trail.level ?? 'none', transport, durationMs })
  }

  return {
    exchange,
    async settle(graceMs) {
      const grace = AbortSignal.timeout(graceMs)
      await abortable(Promise.all(lateMints), grace).catch(() => undefined)
      const error = new StsError('mint_unknown', { detail: { problem: 'not answered before the end' } })
      const left = [...unanswered]
      unanswered.clear()
      await Promise.all(left.map((trail) => recordLateFailure(trail, error)))
    },
  }
}

/** What steps 2 to 10 came to. */
interface Obtained {
  readonly token: VerifiedToken
  readonly minted: MintedToken
  readonly app: PooledToken['app']
  readonly location: PolicyLocation
  readonly loaded: LoadedPolicy
}

/** Reads files through tokens that reach no further than the repository they are in. */
function readerOf(
  pool: OpenPool,
  { retryUnreadable, isStranger }: { readonly retryUnreadable: boolean; readonly isStranger: boolean },
): FileReader {
  return {
    accountId: pool.accountId,
    read: (place, etag, { signal, isGuess }) =>
      pool.readFile({ ...place, etag }, { signal, retryUnreadable, isGuess: isGuess && isStranger }),
    async list(folder, signal) {
      const found = await pool.listFolder(folder, { signal })
      if (found.kind === 'absent') return new Set()
      if (found.kind === 'unreadable' || !found.listing.complete) return undefined
      return new Set(found.listing.entries.map(({ path }) => path))
    },
  }
}

/** Whose tokens have to come from one App: those of who writes checks, which no other App may change. */
function routeOf(
  grant: Grant,
  { scope, identity }: ExchangeRequest,
  { subject }: VerifiedToken,
): string | undefined {
  if (grant.permissions['checks'] !== 'write') return undefined
  const { owner, repository } = scope
  return routeKey({ scope: repository === undefined ? owner : `${owner}/${repository}`, identity, subject })
}

function valueOf<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'fulfilled') return result.value
  throw result.reason
}
