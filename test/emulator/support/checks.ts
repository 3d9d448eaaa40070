import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import type { TestContext } from 'node:test'
import { SignJWT } from 'jose'
import { generateAppKey } from '../../../emulator/index.ts'
import type { AskedAnswer, TestGitHub } from './test-github.ts'
import { startTestGitHub } from './test-github.ts'

export const RUNS = '/repos/acme/app/check-runs'

/** What the App of the tests may do here. */
const PERMISSIONS = { contents: 'write', checks: 'write', pull_requests: 'write' } as const

/** A GitHub whose App may write checks and pull requests. */
export interface ChecksGitHub extends TestGitHub {
  /** Token of all that the App may do. */
  readonly token: string
  /** Head of the default branch of `acme/app`. */
  readonly sha: string
  /** Makes a check run of `sha`; `body` is laid over a name and that commit. */
  readonly createRun: (body?: Readonly<Record<string, unknown>>) => Promise<AskedAnswer>
  /** Changes a check run. */
  readonly updateRun: (id: unknown, body: unknown) => Promise<AskedAnswer>
}

export async function startChecksGitHub(t: TestContext): Promise<ChecksGitHub> {
  const started = await startTestGitHub(t)
  const { github, ask, installation } = started
  github.updateInstallation(installation, { permissions: PERMISSIONS })
  const token = await started.mint()
  const sha = github.findRepository('acme/app')?.branches.get('main')?.sha ?? ''
  return {
    ...started,
    token,
    sha,
    createRun: (body) => ask('POST', RUNS, { token, body: { name: 'lint', head_sha: sha, ...body } }),
    updateRun: (id, body) => ask('PATCH', `${RUNS}/${String(id)}`, { token, body }),
  }
}

/** A token of a second App on `acme`, which may do as much as the first. */
export async function mintForOtherApp({ github, ask, clock }: TestGitHub): Promise<string> {
  const { privateKey, publicKey } = generateAppKey()
  const app = github.addApp({
    slug: 'other-app',
    owner: 'acme',
    permissions: PERMISSIONS,
    publicKeys: [publicKey],
  })
  const { id } = github.install({ app, account: 'acme' })
  const seconds = Math.floor(clock.ms / 1000)
  const jwt = await new SignJWT({ iss: String(app.id), iat: seconds - 60, exp: seconds + 540 })
    .setProtectedHeader({ alg: 'RS256' })
    .sign(createPrivateKey(privateKey))
  const { json } = await ask('POST', `/app/installations/${id}/access_tokens`, { token: jwt })
  return String(json['token'])
}

/** The list that an answer is, or has as its member `name`. */
export function listOf(
  { text, json }: AskedAnswer,
  name?: string,
): readonly Readonly<Record<string, unknown>>[] {
  const list: unknown = name === undefined ? JSON.parse(text) : json[name]
  assert.ok(isListOfObjects(list), text)
  return list
}

function isListOfObjects(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null)
}

/** A member of a member. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value
  for (const name of path) {
    found =
      typeof found === 'object' && found !== null
        ? Object.entries(found).find(([key]) => key === name)?.[1]
        : undefined
  }
  return found
}
