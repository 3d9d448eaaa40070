import type { World } from '../../../emulator/index.ts'
import { DEMO_DOMAIN } from '../programs.ts'

const ANSWER_TIMEOUT_MS = 10_000

/** What an HTTP call of the tour came to. */
export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: Headers
}

/** Speaks as jobs of GitHub Actions do, and as who holds a token. */
export interface Caller {
  /** What a job does first: asks the runner for its OIDC token. */
  readonly jobToken: (repository: string, job: Readonly<Record<string, string>>) => Promise<string>
  readonly exchange: (token: string, scope: string, identity: string) => Promise<Answer>
  readonly callGitHub: (token: string, method: string, path: string, body?: unknown) => Promise<Answer>
}

export function createCaller({ github, issuer }: World, serviceUrl: string): Caller {
  return {
    async jobToken(repository, job) {
      const query = new URLSearchParams({ repository, audience: DEMO_DOMAIN, ...job })
      const { body } = await ask(`${issuer.issuer}/actions/token?${query.toString()}`)
      return String(body['value'])
    },
    async exchange(token, scope, identity) {
      const query = new URLSearchParams({ scope, identity })
      return await ask(`${serviceUrl}/sts/exchange?${query.toString()}`, {
        headers: { authorization: `Bearer ${token}` },
      })
    },
    async callGitHub(token, method, path, body) {
      return await ask(`${github.baseUrl}${path}`, {
        method,
        headers: { authorization: `token ${token}`, 'user-agent': 'demo' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
    },
  }
}

async function ask(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) })
  const body: unknown = await response.json()
  return {
    status: response.status,
    body: typeof body === 'object' && body !== null ? { ...body } : {},
    headers: response.headers,
  }
}
