import { createPrivateKey, createPublicKey } from 'node:crypto'
import type { TestContext } from 'node:test'
import { SignJWT } from 'jose'
import { generateAppKey, startGitHub } from '../../../emulator/index.ts'
import type { GitHubEmulator, GitHubOptions } from '../../../emulator/index.ts'
import { assertDescribed } from './openapi.ts'

/** A time to start at: whole seconds, and nothing special about it. */
export const START_MS = Date.UTC(2026, 8, 1, 12)

/** One key for all tests of a file: making one takes a while. */
const appKey = generateAppKey()

/** A clock that moves when told. */
export interface TestClock {
  ms: number
}

/** What a request is sent with. */
export interface AskOptions {
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export interface AskedAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body's JSON; empty where there is none. */
  readonly json: Readonly<Record<string, unknown>>
}

/** A GitHub with the organization `acme`, its repositories `app` (private) and `site` (public), and one App on it. */
export interface TestGitHub {
  readonly github: GitHubEmulator
  readonly clock: TestClock
  readonly app: { readonly id: number; readonly clientId: string }
  readonly installation: { readonly id: number }
  /** Sends a request, checks the answer against GitHub's description, and returns it. */
  readonly ask: (method: string, path: string, options?: AskOptions) => Promise<AskedAnswer>
  /** An App JWT of now; `claims` are laid over the usual ones. */
  readonly appJwt: (claims?: Readonly<Record<string, unknown>>) => Promise<string>
  /** A fresh installation token. */
  readonly mint: (body?: unknown) => Promise<string>
}

export async function startTestGitHub(t: TestContext, options: GitHubOptions = {}): Promise<TestGitHub> {
  const clock = { ms: START_MS }
  const github = await startGitHub({ now: () => clock.ms, ...options })
  t.after(() => github.close())
  github.addOrganization('acme')
  github.addRepository({ owner: 'acme', name: 'app', files: { 'README.md': 'hello\n' } })
  github.addRepository({ owner: 'acme', name: 'site', private: false, files: { 'index.html': '<p>' } })
  const app = github.addApp({
    slug: 'test-app',
    owner: 'acme',
    permissions: { contents: 'write', issues: 'write', checks: 'read' },
    publicKeys: [createPublicKey(appKey.publicKey).export({ type: 'spki', format: 'pem' }).toString()],
  })
  const installation = github.install({ app, account: 'acme' })

  const ask: TestGitHub['ask'] = async (method, path, { token, headers, body } = {}) => {
    const sent = {
      'user-agent': 'test',
      accept: 'application/vnd.github+json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    }
    const response = await fetch(github.baseUrl + path, {
      method,
      headers: sent,
      redirect: 'manual',
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const contentType = response.headers.get('content-type') ?? ''
    if (!contentType.startsWith('text/')) {
      assertDescribed({
        operation: github.calls.at(-1)?.operation,
        method,
        path: path.split('?')[0] ?? '',
        accept: sent.accept,
        status: response.status,
        contentType,
        body: text,
      })
    }
    const json: unknown = contentType.includes('application/json') ? JSON.parse(text) : {}
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: typeof json === 'object' && json !== null ? { ...json } : {},
    }
  }
  const appJwt: TestGitHub['appJwt'] = (claims = {}) => {
    const seconds = Math.floor(clock.ms / 1000)
    return new SignJWT({ iss: String(app.id), iat: seconds - 60, exp: seconds + 540, ...claims })
      .setProtectedHeader({ alg: 'RS256' })
      .sign(createPrivateKey(appKey.privateKey))
  }
  const mint: TestGitHub['mint'] = async (body) => {
    const path = `/app/installations/${installation.id}/access_tokens`
    const { json } = await ask('POST', path, {
      token: await appJwt(),
      ...(body === undefined ? {} : { body }),
    })
    return String(json['token'])
  }
  return { github, clock, app, installation, ask, appJwt, mint }
}
