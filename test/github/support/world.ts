import { setMaxListeners } from 'node:events'
import {
  createConnectionPool,
  createGitHubApp,
  type CallEvent,
  type GitHubApp,
  type GitHubAppOptions,
  type Installation,
} from '#pkg/github'
import { createPemSigner, type Signer } from '#pkg/signer'
import {
  generateAppKey,
  startGitHub,
  type FaultEffect,
  type GitHubEmulator,
  type GitHubOptions,
} from '../../../emulator/index.ts'

export const KEY = generateAppKey()

/** Operation ids of the emulator. */
export const FIND = 'apps/get-repo-installation'
export const MINT = 'apps/create-installation-access-token'
export const READ = 'repos/get-content'
export const REVOKE = 'apps/revoke-installation-access-token'

export const POLICY_PATH = '.github/chainguard/ci.sts.yaml'
export const TARGET = { owner: 'acme', repository: 'widgets' } as const

/** The signal of a caller with all the time in the world. */
export const patient = { signal: new AbortController().signal } as const
setMaxListeners(0, patient.signal)

/** An App in front of an emulated GitHub, with one clock and without real pauses. */
export interface World {
  readonly github: GitHubEmulator
  readonly app: GitHubApp
  readonly appId: number
  readonly installationId: number
  /** Every call to GitHub that has ended. */
  readonly events: readonly CallEvent[]
  /** Milliseconds of each pause that was asked for. */
  readonly pauses: readonly number[]
  /** Signatures made with the App's key. */
  readonly signatures: () => number
  readonly advance: (ms: number) => void
  readonly now: () => number
  readonly install: () => Promise<Installation>
  /** Operation ids of what GitHub was asked since the last time. */
  readonly takeCalls: () => readonly (string | undefined)[]
  readonly failNext: (operation: string, effect: FaultEffect) => void
  readonly close: () => Promise<void>
}

export interface WorldOptions {
  readonly permissions?: Readonly<Record<string, 'read' | 'write' | 'admin'>>
  /** Bare names; default: all. */
  readonly selected?: readonly string[]
  readonly app?: Partial<GitHubAppOptions>
  readonly github?: GitHubOptions
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  let time = Date.parse('2026-08-01T12:00:00Z')
  const now = (): number => time
  const github = await startGitHub({ now, ...options.github })
  github.addOrganization('acme')
  for (const name of ['widgets', 'gadgets', '.github']) {
    github.addRepository({ owner: 'acme', name, files: { [POLICY_PATH]: `issuer: ${name}\n` } })
  }
  const permissions = options.permissions ?? { contents: 'write', issues: 'write', metadata: 'read' }
  const { id: appId } = github.addApp({
    slug: 'sts',
    owner: 'acme',
    permissions,
    publicKeys: [KEY.publicKey],
  })
  const installation = github.install({
    app: { id: appId },
    account: 'acme',
    ...(options.selected && { repositories: options.selected }),
  })

  const events: CallEvent[] = []
  const pauses: number[] = []
  let signatures = 0
  const pem = createPemSigner(KEY.privateKey)
  const signer: Signer = {
    description: pem.description,
    sign(input, signal) {
      signatures++
      return pem.sign(input, signal)
    },
  }
  const dispatcher = createConnectionPool()
  const app = createGitHubApp({
    appId: String(appId),
    signer,
    baseUrl: github.baseUrl,
    dispatcher,
    now,
    pause: (ms, signal) => {
      signal.throwIfAborted()
      pauses.push(ms)
      return Promise.resolve()
    },
    onCall: (event) => events.push(event),
    ...options.app,
  })
  return {
    github,
    app,
    appId,
    installationId: installation.id,
    events,
    pauses,
    signatures: () => signatures,
    advance(ms) {
      time += ms
    },
    now,
    install: () => app.findInstallation(TARGET, patient),
    takeCalls() {
      const operations = github.calls.map(({ operation }) => operation)
      github.clearCalls()
      return operations
    },
    failNext: (operation, effect) => {
      github.failNext(effect, operation)
    },
    async close() {
      await dispatcher.destroy()
      await github.close()
    },
  }
}

/** `predicate` for `assert.rejects`: an StsError with this reason. */
export function because(reason: string): (error: unknown) => boolean {
  return (error) => {
    if (typeof error === 'object' && error !== null && 'reason' in error && error.reason === reason)
      return true
    throw error
  }
}
