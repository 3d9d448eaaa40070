import type { ServiceConfig } from '#pkg/config'
import {
  createExchange,
  createMissBudget,
  createOrganizationIssuers,
  createTrustPolicies,
  gitHubIssuerTest,
} from '#pkg/exchange'
import { createTokenVerifier } from '#pkg/oidc'
import type { CacheName, CacheResult, Logger } from '#pkg/telemetry'
import { createServer } from '#pkg/transport'
import type { StaleListener, StaleNotice } from '#pkg/webhook'
import { connectToGitHub, readinessOf } from '../github-connection.ts'
import { joinReplicas, type ReplicaMessages } from '../replica-messages.ts'
import { openSharedState, type SharedState } from '../shared-state.ts'
import { NO_INSTRUMENTS, type Instruments } from '../telemetry.ts'
import { createRecords } from './records.ts'
import { observeRequests } from './request-observer.ts'

/** Where people who open the service in a browser are sent. */
const DOCUMENTATION_URL = 'https://github.com/github-sts/github-sts#readme'
/** From the signal to the cut of what is still in flight, the drain delay included; at least the second. */
const IN_FLIGHT_GRACE_MS = 6_800
const IN_FLIGHT_GRACE_MIN_MS = 1_500
/** An organization's issuer list is used this long without asking; for less where policies are. */
const ISSUER_LIST_FRESH_MS = 60_000
/** For mints whose callers have left. */
const SETTLE_GRACE_MS = 400
/** For the last revocations, after everything has been answered. */
const REVOKE_GRACE_MS = 1_000
/** For the events of what has ended. */
const RECORD_GRACE_MS = 700

/** The security token service: all parts, connected. */
export interface Service {
  /** Drops from its caches what a delivery has made stale. */
  readonly drop: StaleListener
  /** Serves other App pools from now on. Rejects, and changes nothing, when they cannot be used. */
  reload(config: ServiceConfig): Promise<void>
  /** Resolves with the port once requests are taken. */
  listen(): Promise<number>
  /** Turns readiness and health, waits for `delayMs`, finishes what is in flight, revokes what nobody needs. */
  stop(delayMs: number): Promise<void>
}

/** Builds the service that `config` describes. Nothing is opened before `listen`. */
export function createService(
  config: ServiceConfig,
  logger: Logger,
  { metrics, tracer }: Instruments = NO_INSTRUMENTS,
): Service {
  const { github, issuers, policies, answers, listener } = config
  const now = Date.now
  const connection = connectToGitHub({ github, quota: config.quota, logger, metrics })
  const records = createRecords(config, logger, metrics)
  const onLookup = (cache: CacheName) => (result: CacheResult) => {
    metrics.cacheLookedUp(cache, result)
  }
  const verifier = createTokenVerifier({
    allowLoopbackIssuers: issuers.allowLoopback,
    privateIssuers: [...issuers.privateOrigins, new URL('/_services/token', github.baseUrl).href],
    ...(issuers.certificateAuthorities !== undefined && { issuerCa: issuers.certificateAuthorities }),
    keySetOverrides: issuers.keySetOverrides,
    maxLifetimeMs: config.limits.maxTokenLifetimeMs,
    observer: {
      lookedUp: onLookup('issuer_keys'),
      fetched: (outcome) => {
        metrics.issuerFetched(outcome)
      },
    },
    now,
  })
  const organizationIssuers = createOrganizationIssuers({
    organizationPolicyRepository: policies.orgPolicyRepo,
    requiredFor: policies.issuerListRequired,
    allowLoopback: issuers.allowLoopback,
    freshForMs: Math.min(policies.freshnessMs, ISSUER_LIST_FRESH_MS),
    onLookup: onLookup('issuer_list'),
    now,
  })
  const trustPolicies = createTrustPolicies({
    freshForMs: policies.freshnessMs,
    allowOrganizationPermissions: policies.allowOrgPermissionsInRepoPolicies,
    strict: policies.strict,
    onLookup: onLookup('trust_policy'),
    now,
  })
  const { exchange, settle } = createExchange({
    issuerRules: issuers,
    verifier,
    poolFor: connection.poolFor,
    allowedOwners: config.limits.owners,
    missBudget: createMissBudget({ perMinute: config.limits.missesPerMinute, now }),
    organizationIssuers,
    trustPolicies,
    sink: records.sink,
    organizationPolicyRepository: policies.orgPolicyRepo,
    domain: config.domain,
    denialDetail: answers.denialDetail,
    isGitHubIssuer: gitHubIssuerTest(github.baseUrl),
    answerExpiry: answers.expiry,
    onEnd: (end) => {
      metrics.exchangeEnded(end)
    },
    now,
  })
  const server = createServer({
    exchange,
    readiness: () => readinessOf(connection.apps(), state),
    domain: config.domain,
    documentationUrl: DOCUMENTATION_URL,
    host: listener.host,
    port: listener.port,
    reflection: listener.reflection,
    trustedHops: listener.trustedHops,
    now,
    observer: observeRequests(logger, metrics),
    tracer,
  })
  const stopping = new AbortController()
  let state: SharedState | undefined
  let replicas: ReplicaMessages | undefined

  function drop(notice: StaleNotice): void {
    const { owner } = notice
    const repository = notice.kind === 'owner' ? undefined : notice.repository
    trustPolicies.expire(owner, repository)
    organizationIssuers.expire(owner, repository)
    connection.drop(notice)
  }

  return {
    drop,
    reload: ({ github: { pools } }) => connection.replacePools(pools),
    async listen() {
      state = await openSharedState(config.store, config.sticky, logger, metrics)
      await connection.open(state.routes)
      if (state.isShared) {
        replicas = joinReplicas({
          store: state.store,
          drop,
          doubtAll() {
            trustPolicies.doubtAll()
            organizationIssuers.doubtAll()
          },
          quotas: { limits: connection.limits, isInstalled: connection.isInstalled },
        })
      }
      const port = await server.listen()
      records.open()
      // Exchanges do not wait for it: what it finds turns readiness, and the first exchange would find it too.
      connection.watchKeys(stopping.signal)
      return port
    },
    async stop(delayMs) {
      stopping.abort()
      replicas?.stop()
      server.drain()
      await new Promise((resolve) => setTimeout(resolve, delayMs))
      await server.close({ graceMs: Math.max(IN_FLIGHT_GRACE_MIN_MS, IN_FLIGHT_GRACE_MS - delayMs) })
      // A token that GitHub is still making is waited for, but not at the cost of revoking the others.
      await settle(SETTLE_GRACE_MS)
      await connection.close(REVOKE_GRACE_MS)
      await records.close(RECORD_GRACE_MS)
      verifier.close()
      await state?.close()
    },
  }
}
