import assert from 'node:assert/strict'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import {
  actionsClaims,
  generateAppKey,
  startGitHub,
  startIssuer,
  type GitHubEmulator,
} from '../../../emulator/index.ts'
import { DOMAIN } from './deployment.ts'
import { startProgram, type Program } from './service-process.ts'

/** An App of the fleet, with the file of its key. */
export interface FleetApp {
  readonly id: string
  readonly clientId: string
  readonly keyFile: string
}

/** Which Apps serve which owner; an App by its number or its client id. */
type Pools = Readonly<Record<string, readonly Pick<FleetApp, 'id' | 'keyFile'>[]>>

/** What an exchange came to. */
interface Exchanged {
  readonly status: number
  /** Of the denial; undefined: a token was given. */
  readonly reason: string | undefined
  /** The App whose token it is. */
  readonly app: string | undefined
}

/** A process of the service, or of the webhook. */
export interface Replica {
  readonly program: Program
  readonly url: string
  readonly exchange: (identity?: string, scope?: string) => Promise<Exchanged>
  /** The body of `/readyz`, with its status. */
  readonly readiness: () => Promise<Readonly<Record<string, unknown>>>
}

/** A GitHub with several Apps on `acme`, and processes that are these Apps. */
export interface Fleet {
  readonly github: GitHubEmulator
  readonly apps: readonly FleetApp[]
  /** `APP_CONFIG_FILE` of all processes. */
  readonly poolFile: string
  /** Replaces the file of pools in one step, as an operator's tool does. */
  readonly writePools: (pools: Pools | string) => Promise<void>
  readonly installationOf: (app: FleetApp) => number
  /** Makes a policy of `acme/app` that lets its main branch have `permission`. */
  readonly allow: (identity: string, permission?: string, repository?: string) => void
  readonly startService: (env?: Readonly<Record<string, string>>) => Promise<Replica>
  readonly startWebhook: (env: Readonly<Record<string, string>>) => Promise<Replica>
}

const PERMISSIONS = { contents: 'write', checks: 'write', issues: 'write', metadata: 'read' } as const
const LISTENING = /"port":(\d+)[^\n]*listening/

/** Of `acme` the Apps serve all; `acme/app` has the policy `reader`. */
export async function startFleet(t: TestContext, size: number): Promise<Fleet> {
  const github = await startGitHub()
  const issuer = await startIssuer()
  const folder = await mkdtemp(join(tmpdir(), 'fleet-'))
  const poolFile = join(folder, 'pools.yaml')
  t.after(async () => {
    await Promise.all([github.close(), issuer.close()])
    await rm(folder, { recursive: true, force: true })
  })
  github.addOrganization('acme')
  for (const name of ['.github', 'app', 'docs']) github.addRepository({ owner: 'acme', name })

  const installations = new Map<string, number>()
  const apps: FleetApp[] = []
  for (let n = 1; n <= size; n++) {
    const key = generateAppKey()
    const app = github.addApp({
      slug: `sts-${n}`,
      owner: 'acme',
      publicKeys: [key.publicKey],
      permissions: PERMISSIONS,
    })
    const keyFile = join(folder, `${app.id}.pem`)
    await writeFile(keyFile, key.privateKey)
    installations.set(String(app.id), github.install({ app, account: 'acme' }).id)
    apps.push({ id: String(app.id), clientId: app.clientId, keyFile })
  }

  async function writePools(pools: Pools | string): Promise<void> {
    const next = `${poolFile}.next`
    await writeFile(next, typeof pools === 'string' ? pools : renderPools(pools))
    await rename(next, poolFile)
  }

  function allow(identity: string, permission = 'contents: read', repository = 'app'): void {
    github.push({
      repository: `acme/${repository}`,
      files: {
        [`.github/chainguard/${identity}.sts.yaml`]: `issuer: ${issuer.issuer}\nsubject: repo:acme/app:ref:refs/heads/main\npermissions:\n  ${permission}\n`,
      },
    })
  }

  async function start(main: string, env: Readonly<Record<string, string>>): Promise<Replica> {
    const program = startProgram(t, main, {
      PORT: '0',
      STS_HOST: '127.0.0.1',
      APP_CONFIG_FILE: poolFile,
      GITHUB_BASE_URL: github.baseUrl,
      STS_ALLOW_LOOPBACK_ISSUERS: 'true',
      METRICS: 'false',
      ...env,
    })
    const [, port = ''] = await program.saw(LISTENING)
    const url = `http://127.0.0.1:${port}`
    const claims = actionsClaims({ owner: 'acme', repo: 'app', immutable: false, audience: DOMAIN })
    return {
      program,
      url,
      async exchange(identity = 'reader', scope = 'acme/app') {
        const bearer = await issuer.sign(claims)
        const response = await fetch(`${url}/sts/exchange?scope=${scope}&identity=${identity}`, {
          headers: { authorization: `Bearer ${bearer}` },
        })
        const body = (await response.json()) as { readonly token?: string }
        const live = github.liveTokens().find(({ token }) => token === body.token)
        assert.equal(live === undefined, response.status !== 200, 'a token that is given is alive')
        return {
          status: response.status,
          reason: reasonOf(body),
          app: live === undefined ? undefined : String(live.installation.app.id),
        }
      },
      async readiness() {
        const response = await fetch(`${url}/readyz`)
        return { status: response.status, ...((await response.json()) as object) }
      },
    }
  }

  await writePools({ acme: apps })
  allow('reader')
  return {
    github,
    apps,
    poolFile,
    writePools,
    installationOf: ({ id }) => installations.get(id) ?? 0,
    allow,
    startService: (env = {}) => start('cmd/app/main.ts', { STS_DOMAIN: DOMAIN, ...env }),
    startWebhook: (env) => start('cmd/webhook/main.ts', env),
  }
}

function renderPools(pools: Pools): string {
  const orgs = Object.entries(pools).map(([name, apps]) => ({
    name,
    apps: apps.map(({ id, keyFile }) => ({ app_id: id, private_key_file: keyFile })),
  }))
  // JSON is YAML.
  return JSON.stringify({ orgs })
}

/** The App under its client id. */
export function byClientId({ clientId, keyFile }: FleetApp): Pick<FleetApp, 'id' | 'keyFile'> {
  return { id: clientId, keyFile }
}

function reasonOf(body: object): string | undefined {
  const details: unknown = 'details' in body ? body.details : undefined
  const [info] = Array.isArray(details) ? (details as unknown[]) : []
  return typeof info === 'object' && info !== null && 'reason' in info ? String(info.reason) : undefined
}
