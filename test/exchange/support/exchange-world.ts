import type { TestContext } from 'node:test'
import type { ExchangeRecord, Sink } from '#pkg/audit'
import type { DenialDetail } from '#pkg/config'
import {
  createExchange,
  createMissBudget,
  createOrganizationIssuers,
  createTrustPolicies,
  gitHubIssuerTest,
  type ExchangeCall,
  type ExchangeOutcome,
  type ExchangeService,
  type TrustPolicies,
} from '#pkg/exchange'
import { createAppPool, createConnectionPool, createGitHubApp, createGitHubLimits } from '#pkg/github'
import { createTokenVerifier } from '#pkg/oidc'
import { createPemSigner } from '#pkg/signer'
import type { CacheName, CacheResult, ExchangeEnd, IssuerFetchOutcome, RequestTrace } from '#pkg/telemetry'
import {
  actionsClaims,
  generateAppKey,
  longestSequentialChain,
  startGitHub,
  startIssuer,
  type GitHubEmulator,
  type Issuer,
} from '../../../emulator/index.ts'

export const DOMAIN = 'sts.example.com'
const APP_KEY = generateAppKey()

export interface WorldOptions {
  readonly denialDetail?: DenialDetail
  readonly requiredFor?: ReadonlySet<string>
  readonly answerExpiry?: boolean
  readonly serverIssuers?: readonly string[]
  readonly appOwners?: readonly string[]
  readonly callTimeoutMs?: number
  readonly missesPerMinute?: number
  readonly allowedOwners?: ReadonlySet<string>
  readonly maxTokenLifetimeMs?: number
  /** Of each call to GitHub. */
  readonly latencyMs?: number
  /** Apps that serve the owners, all installed at `acme`. Default: 1. */
  readonly apps?: number
  /** Treats the emulated issuer as the one of the GitHub that is asked. */
  readonly trustIssuerAsGitHub?: boolean
}

/** A GitHub, an issuer and the exchange between them, on one clock. */
export interface ExchangeWorld {
  readonly github: GitHubEmulator
  readonly issuer: Issuer
  readonly service: ExchangeService
  readonly trustPolicies: TrustPolicies
  readonly records: ExchangeRecord[]
  /** What the metrics were told. */
  readonly ends: ExchangeEnd[]
  readonly lookups: (readonly [CacheName, CacheResult])[]
  readonly fetches: IssuerFetchOutcome[]
  readonly clock: { now: number }
  readonly app: { readonly id: number }
  readonly installation: { readonly id: number }
  /** All of them, the first being `app`. */
  readonly apps: readonly {
    readonly id: number
    readonly installation: { readonly id: number }
  }[]
  /** Lets the sink refuse what it is given. */
  readonly sink: { refuses: (record: ExchangeRecord) => boolean; hangs: (record: ExchangeRecord) => boolean }
  /** What was thrown, as the sink was given it, one for each record. */
  readonly causes: unknown[]
  /** Writes the policy of an identity; `repository` as `owner/name`. */
  readonly policy: (repository: string, identity: string, text: string) => void
  readonly token: (claims?: Readonly<Record<string, unknown>>) => Promise<string>
  readonly ask: (request: Ask) => Promise<ExchangeOutcome>
  /** Operations asked of GitHub since the last look, and how many of them waited for one another. */
  readonly gitHubCalls: () => { readonly operations: readonly (string | undefined)[]; readonly depth: number }
}

export interface Ask {
  readonly scope?: string
  readonly identity?: string
  readonly claims?: Readonly<Record<string, unknown>>
  readonly bearer?: string
  readonly signal?: AbortSignal
  readonly trace?: RequestTrace
}

/** A policy that lets the world's default job in, for `contents: read`. */
export function policyFor(issuer: string, rest = 'permissions:\n  contents: read\n'): string {
  return `issuer: ${issuer}\nsubject: repo:acme/app:ref:refs/heads/main\n${rest}`
}

export async function startExchangeWorld(t: TestContext, options: WorldOptions = {}): Promise<ExchangeWorld> {
  const clock = { now: Date.UTC(2026, 0, 1) }
  const now = (): number => clock.now
  const github = await startGitHub({ now, latencyMs: options.latencyMs ?? 0 })
  const issuer = await startIssuer({ now })
  github.addOrganization('acme')
  for (const name of ['.github', 'app', 'docs']) github.addRepository({ owner: 'acme', name })
  const installApp = (slug: string): ExchangeWorld['apps'][number] => {
    const { id } = github.addApp({
      slug,
      owner: 'acme',
      publicKeys: [APP_KEY.publicKey],
      permissions: {
        contents: 'write',
        issues: 'write',
        checks: 'write',
        metadata: 'read',
        members: 'read',
      },
    })
    return { id, installation: github.install({ app: { id }, account: 'acme' }) }
  }
  const app = installApp('sts')
  const apps = [app]
  for (let count = 1; count < (options.apps ?? 1); count++) apps.push(installApp(`sts-${count}`))

  const ends: ExchangeEnd[] = []
  const lookups: (readonly [CacheName, CacheResult])[] = []
  const fetches: IssuerFetchOutcome[] = []
  const lookedUp = (cache: CacheName) => (result: CacheResult) => void lookups.push([cache, result])
  const dispatcher = createConnectionPool()
  const limits = createGitHubLimits({ now, secondary: false })
  const signer = createPemSigner(APP_KEY.privateKey)
  const gitHubApps = apps.map(({ id }) =>
    createGitHubApp({
      limits,
      appId: String(id),
      signer,
      baseUrl: github.baseUrl,
      dispatcher,
      now,
      onLookup: (cache, result) => lookups.push([cache, result]),
      ...(options.callTimeoutMs !== undefined && { callTimeoutMs: options.callTimeoutMs }),
    }),
  )
  const pool = createAppPool({
    apps: gitHubApps,
    limits,
    quota: { hardFloor: 0, softFloor: 0 },
    now,
    random: Math.random,
  })
  const verifier = createTokenVerifier({
    allowLoopbackIssuers: true,
    maxLifetimeMs: options.maxTokenLifetimeMs,
    observer: { lookedUp: lookedUp('issuer_keys'), fetched: (outcome) => fetches.push(outcome) },
    now,
  })
  const records: ExchangeRecord[] = []
  const causes: unknown[] = []
  const sinkControl: ExchangeWorld['sink'] = { refuses: () => false, hangs: () => false }
  const sink: Sink = {
    accept(record, cause) {
      if (sinkControl.refuses(record)) return Promise.reject(new Error('the sink is full'))
      if (sinkControl.hangs(record)) return new Promise(() => undefined)
      records.push(record)
      causes.push(cause)
      return Promise.resolve()
    },
  }
  const isGitHubIssuer = gitHubIssuerTest(github.baseUrl)
  const trustPolicies = createTrustPolicies({
    freshForMs: 60_000,
    allowOrganizationPermissions: false,
    strict: false,
    onLookup: lookedUp('trust_policy'),
    now,
  })
  const service = createExchange({
    issuerRules: {
      allowLoopback: true,
      serverList:
        options.serverIssuers === undefined
          ? undefined
          : { source: {}, mode: 'enforce', issuers: new Set(options.serverIssuers), patterns: [] },
    },
    verifier,
    poolFor: (owner) => ((options.appOwners ?? [owner]).includes(owner) ? pool : undefined),
    missBudget: createMissBudget({ perMinute: options.missesPerMinute ?? 1_000, now }),
    ...(options.allowedOwners !== undefined && { allowedOwners: options.allowedOwners }),
    organizationIssuers: createOrganizationIssuers({
      organizationPolicyRepository: '.github',
      requiredFor: options.requiredFor ?? new Set(),
      allowLoopback: true,
      freshForMs: 60_000,
      onLookup: lookedUp('issuer_list'),
      now,
    }),
    trustPolicies,
    sink,
    organizationPolicyRepository: '.github',
    domain: DOMAIN,
    denialDetail: options.denialDetail ?? 'owner',
    isGitHubIssuer: options.trustIssuerAsGitHub ? (candidate) => candidate === issuer.issuer : isGitHubIssuer,
    answerExpiry: options.answerExpiry ?? true,
    onEnd: (end) => ends.push(end),
    now,
  })
  t.after(async () => {
    await service.settle(5_000)
    await Promise.all(gitHubApps.map((each) => each.close(1_000)))
    verifier.close()
    await dispatcher.destroy()
    await Promise.all([github.close(), issuer.close()])
  })

  const defaultClaims = {
    ...actionsClaims({ owner: 'acme', repo: 'app', immutable: false, audience: DOMAIN }),
  }
  const token = (claims: Readonly<Record<string, unknown>> = {}): Promise<string> =>
    issuer.sign({ ...defaultClaims, ...claims })

  return {
    github,
    issuer,
    service,
    trustPolicies,
    records,
    ends,
    lookups,
    fetches,
    clock,
    app,
    installation: app.installation,
    apps,
    sink: sinkControl,
    causes,
    token,
    policy: (repository, identity, text) => {
      github.writeFile(repository, `.github/chainguard/${identity}.sts.yaml`, text)
    },
    ask: async (request) =>
      service.exchange(
        callOf({
          ...request,
          bearer: request.bearer ?? (await token(request.claims)),
        }),
      ),
    gitHubCalls() {
      const calls = [...github.calls]
      github.clearCalls()
      return {
        operations: calls.map(({ operation }) => operation),
        depth: longestSequentialChain(calls).length,
      }
    },
  }
}

let requests = 0

function callOf({ scope, identity, bearer, signal, trace }: Ask): ExchangeCall {
  requests += 1
  return {
    requestId: `request-${requests}`,
    transport: 'http',
    authorization: bearer === undefined ? [] : [`Bearer ${bearer}`],
    scope: scope ?? 'acme/app',
    scopes: [],
    identity: identity ?? 'reader',
    signal: signal ?? new AbortController().signal,
    trace,
  }
}
