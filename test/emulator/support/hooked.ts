import { createPrivateKey } from 'node:crypto'
import type { TestContext } from 'node:test'
import { SignJWT } from 'jose'
import { generateAppKey } from '../../../emulator/index.ts'
import type { GitHubOptions } from '../../../emulator/index.ts'
import { startReceiver } from './receiver.ts'
import type { Receiver } from './receiver.ts'
import { startTestGitHub } from './test-github.ts'
import type { TestGitHub } from './test-github.ts'

export const SECRET = 'hook-secret'

/** What an App needs for all events that there are here. */
export const PERMISSIONS = {
  checks: 'write',
  contents: 'read',
  merge_queues: 'read',
  pull_requests: 'read',
} as const

const EVENTS = ['push', 'pull_request', 'merge_group', 'check_suite', 'check_run', 'repository']

/** One key for all tests of a file: making one takes a while. */
const hookedKey = generateAppKey()

/** A test GitHub with a second App on `acme`, whose webhook tells a receiver of everything. */
export interface Hooked extends TestGitHub {
  readonly receiver: Receiver
  readonly hooked: { readonly id: number }
  readonly hookedInstallation: { readonly id: number }
  /** A JWT of that App. */
  readonly hookedJwt: () => Promise<string>
  /** Has that App make a check run of the head of `acme/app`; returns its id. */
  readonly checkRun: (body?: Readonly<Record<string, unknown>>) => Promise<number>
  /** What arrived (`push`, `check_run completed`), once nothing is under way any more. */
  readonly arrived: () => Promise<readonly string[]>
}

export async function startHooked(
  t: TestContext,
  options: GitHubOptions = {},
  answer?: Parameters<typeof startReceiver>[1],
): Promise<Hooked> {
  const world = await startTestGitHub(t, options)
  const { github, ask, clock } = world
  const receiver = await startReceiver(t, answer)
  const hooked = github.addApp({
    slug: 'hooked',
    owner: 'acme',
    permissions: PERMISSIONS,
    events: EVENTS,
    publicKeys: [hookedKey.publicKey],
  })
  const hookedInstallation = github.install({ app: hooked, account: 'acme' })
  github.setWebhook(hooked, { url: receiver.url, secret: SECRET })

  const hookedJwt = (): Promise<string> => {
    const seconds = Math.floor(clock.ms / 1000)
    return new SignJWT({ iss: String(hooked.id), iat: seconds - 60, exp: seconds + 540 })
      .setProtectedHeader({ alg: 'RS256' })
      .sign(createPrivateKey(hookedKey.privateKey))
  }
  const checkRun: Hooked['checkRun'] = async (body) => {
    const path = `/app/installations/${hookedInstallation.id}/access_tokens`
    const { json } = await ask('POST', path, { token: await hookedJwt() })
    const head = github.findRepository('acme/app')?.branches.get('main')?.sha
    const run = await ask('POST', '/repos/acme/app/check-runs', {
      token: String(json['token']),
      body: { name: 'lint', head_sha: head, ...body },
    })
    return Number(run.json['id'])
  }
  const arrived: Hooked['arrived'] = async () => {
    await github.deliveriesSettled()
    return receiver.received.map(({ event, action }) => (action === undefined ? event : `${event} ${action}`))
  }
  return { ...world, receiver, hooked, hookedInstallation, hookedJwt, checkRun, arrived }
}
