// A GitHub behind TLS and its issuers, as a process of their own: the benchmark's parent process tells it what to do.
import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { generate } from 'selfsigned'
import {
  actionsClaims,
  generateAppKey,
  longestSequentialChain,
  startGitHub,
  startIssuer,
  type GitHubEmulator,
  type Issuer,
} from '../../emulator/index.ts'
import { createWebhookHandlers, type FileChange, type WebhookHandlers } from './world-webhook.ts'
import type { CallCount, WorldCommands, WorldReply, WorldRequest } from './world-commands.ts'
import { DOMAIN, ownerName, policyPath, policyText, targetOf, type WorldShape } from './world-layout.ts'

/** More than any measured situation makes. */
const CALLS_KEPT = 2_000
const DELIVERIES_KEPT = 5_000
const TOKEN_LIFETIME_SECONDS = 6 * 60 * 60
const PERMISSIONS = {
  checks: 'write',
  contents: 'write',
  issues: 'write',
  merge_queues: 'read',
  metadata: 'read',
  pull_requests: 'read',
} as const
/** What an App with a webhook is to subscribe to. */
const EVENTS = ['push', 'pull_request', 'merge_group', 'check_run', 'check_suite', 'repository']

type Handlers = {
  readonly [Kind in keyof WorldCommands]: (
    argument: WorldCommands[Kind]['argument'],
  ) => WorldCommands[Kind]['answer'] | Promise<WorldCommands[Kind]['answer']>
}

// A hundred answers are held back at once, each of which listens for the end.
setMaxListeners(0)

const appKey = generateAppKey()
const certificate = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
  extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
})
let latencyMs = 0
const github = await startGitHub({
  tls: { key: certificate.private, cert: certificate.cert },
  latencyMs: () => latencyMs,
  rateLimits: { app: null, installation: null },
  callsKept: CALLS_KEPT,
  deliveriesKept: DELIVERIES_KEPT,
})
const issuers: Issuer[] = []
let webhook: WebhookHandlers | undefined

const handlers: Handlers = {
  async populate(shape) {
    for (let n = 0; n < shape.issuers; n++) issuers.push(await startIssuer())
    const { appIds, installationId } = addOwners(shape)
    const [appId = 0] = appIds
    addPolicies(github, shape)
    webhook = createWebhookHandlers(github, { id: appId }, (policy) => changeOf(policy, shape))
    const keys = await fetch(`${issuerAt(0).issuer}/.well-known/jwks`)
    return {
      gitHubUrl: github.baseUrl,
      certificate: certificate.cert,
      appId,
      appIds,
      privateKey: appKey.privateKey,
      installationId,
      keySet: await keys.text(),
    }
  },
  async sign({ issuer, subject, count }) {
    const tokens: string[] = []
    const exp = Math.floor(Date.now() / 1000) + TOKEN_LIFETIME_SECONDS
    const claims = actionsClaims({ owner: 'acme', repo: 'app', immutable: false, audience: DOMAIN })
    for (let n = 0; n < count; n++) {
      const token = await issuerAt(issuer).sign({ ...claims, sub: subject, jti: randomUUID(), exp })
      tokens.push(token)
    }
    return tokens
  },
  latency(ms) {
    latencyMs = ms
    return undefined
  },
  forgetCalls() {
    github.clearCalls()
    return undefined
  },
  countCalls(): CallCount {
    const chain = longestSequentialChain(github.calls)
    return {
      calls: github.calls.length,
      sequential: chain.length,
      chain: chain.map(({ operation = 'unknown' }) => operation),
    }
  },
  connectWebhook: (options) => webhookHandlers().connectWebhook(options),
  pushChanges: (options) => webhookHandlers().pushChanges(options),
  countEvent: (options) => webhookHandlers().countEvent(options),
}

function webhookHandlers(): WebhookHandlers {
  if (webhook === undefined) throw new Error('there is no App yet')
  return webhook
}

/** A policy that gives less than it has given. */
function changeOf(policy: number, shape: WorldShape): FileChange {
  const target = targetOf(policy, shape)
  const text = policyText(policy, issuerAt(target.issuer).issuer, shape)
  return {
    repository: target.scope,
    path: policyPath(target),
    text: text.replace('issues: write', 'issues: read'),
  }
}

function addOwners({ owners, apps = 1 }: WorldShape): {
  readonly appIds: readonly number[]
  readonly installationId: number
} {
  for (let n = 0; n < owners; n++) {
    github.addOrganization(ownerName(n))
    github.addRepository({ owner: ownerName(n), name: '.github' })
  }
  const installed = Array.from({ length: apps }, (_, app) => {
    const { id } = github.addApp({
      slug: app === 0 ? 'sts' : `sts-${app}`,
      owner: ownerName(0),
      publicKeys: [appKey.publicKey],
      permissions: PERMISSIONS,
      events: EVENTS,
    })
    const ofOwners = Array.from({ length: owners }, (_, n) =>
      github.install({ app: { id }, account: ownerName(n) }),
    )
    return { id, installationId: ofOwners[0]?.id ?? 0 }
  })
  return { appIds: installed.map(({ id }) => id), installationId: installed[0]?.installationId ?? 0 }
}

function addPolicies({ addRepository, push }: GitHubEmulator, shape: WorldShape): void {
  const files = new Map<string, Record<string, string>>()
  for (let n = 0; n < shape.policies; n++) {
    const target = targetOf(n, shape)
    const folder = files.get(target.scope) ?? {}
    folder[policyPath(target)] = policyText(n, issuerAt(target.issuer).issuer, shape)
    files.set(target.scope, folder)
  }
  for (const [repository, folder] of files) {
    const [owner = '', name = ''] = repository.split('/')
    addRepository({ owner, name })
    push({ repository, files: folder })
  }
}

function issuerAt(index: number): Issuer {
  const issuer = issuers[index]
  if (issuer === undefined) throw new Error(`there is no issuer ${index}`)
  return issuer
}

async function perform<Kind extends keyof WorldCommands>({
  id,
  kind,
  argument,
}: WorldRequest<Kind>): Promise<WorldReply> {
  try {
    return { id, answer: await handlers[kind](argument) }
  } catch (thrown) {
    return { id, error: String(thrown) }
  }
}

process.on('message', (request: WorldRequest) => {
  void perform(request).then((reply) => process.send?.(reply))
})
process.on('disconnect', () => {
  process.exit(0)
})
