import type { TestContext } from 'node:test'
import type { ExchangeRecord, Sink } from '#pkg/audit'
import type { DenialDetail } from '#pkg/config'
import {
  createExchange,
  createOrganizationIssuers,
  createTrustPolicies,
  gitHubIssuerTest,
  type ExchangeCall,
  type ExchangeOutcome,
  type ExchangeService,
} from '#pkg/exchange'
import { createConnectionPool, createGitHubApp } from '#pkg/github'
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
  /** Of each call to GitHub. */
  readonly latencyMs?: number
  /** Treats the emulated issuer as the one of the GitHub that is asked. */
  readonly trustIssuerAsGitHub?: boolean
}

/** A GitHub, an issuer and the exchange between them, on one clock. */
export interface ExchangeWorld {
  readonly github: GitHubEmulator
  readonly issuer: Issuer
  readonly service: ExchangeService
  readonly records: ExchangeRecord[]
  /** What the metrics were told. */
  readonly ends: ExchangeEnd[]
  readonly lookups: (readonly [CacheName, CacheResult])[]
  readonly fetches: IssuerFetchOutcome[]
  readonly clock: { now: number }
  readonly app: { readonly id: number }
  readonly installation: { readonly id: number }
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
  const app = github.addApp({
    slug: 'sts',
    owner: 'acme',
    publicKeys: [APP_KEY.publicKey],
    permissions: { contents: 'write', issues: 'write', metadata: 'read', members: 'read' },
  })
  const installation = github.install({ app, account: 'acme' })

  const ends: ExchangeEnd[] = []
  const lookups: (readonly [CacheName, CacheResult])[] = []
  const fetches: IssuerFetchOutcome[] = []
  const lookedUp = (cache: CacheName) => (result: CacheResult) => void lookups.push([cache, result])
  const dispatcher = createConnectionPool()
  const gitHubApp = createGitHubApp({
    appId: String(app.id),
    signer: createPemSigner(APP_KEY.privateKey),
    baseUrl: github.baseUrl,
    dispatcher,
    now,
    onLookup: (cache, result) => lookups.push([cache, result]),
    ...(options.callTimeoutMs !== undefined && { callTimeoutMs: options.callTimeoutMs }),
  })
  const verifier = createTokenVerifier({
    allowLoopbackIssuers: true,
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
  const service = createExchange({
    issuerRules: {
      allowLoopback: true,
      serverList:
        options.serverIssuers === undefined
          ? undefined
          : { source: {}, mode: 'enforce', issuers: new Set(options.serverIssuers), patterns: [] },
    },
    verifier,
    appFor: (owner) => ((options.appOwners ?? [owner]).includes(owner) ? gitHubApp : undefined),
    organizationIssuers: createOrganizationIssuers({
      organizationPolicyRepository: '.github',
      requiredFor: options.requiredFor ?? new Set(),
      allowLoopback: true,
      freshForMs: 60_000,
      onLookup: lookedUp('issuer_list'),
      now,
    }),
    trustPolicies: createTrustPolicies({
      freshForMs: 60_000,
      allowOrganizationPermissions: false,
      strict: false,
      onLookup: lookedUp('trust_policy'),
      now,
    }),
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
    await gitHubApp.close(1_000)
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
    records,
    ends,
    lookups,
    fetches,
    clock,
    app,
    installation,
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
