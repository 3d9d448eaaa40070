import type { RequestListener } from 'node:http'
import { startGitHub } from './github/emulator.ts'
import type { GitHubEmulator, GitHubOptions } from './github/emulator.ts'
import { listen } from './http/server.ts'
import type { ListenOptions, Mount } from './http/server.ts'
import { startIssuer } from './issuer/issuer.ts'
import type { Issuer, IssuerOptions } from './issuer/issuer.ts'

/** https://docs.github.com/enterprise-server/rest/using-the-rest-api/getting-started-with-the-rest-api */
const API_PATH = '/api/v3'
/** https://docs.github.com/enterprise-server/actions/reference/security/oidc */
const ISSUER_PATH = '/_services/token'

/** Rate limits are off until an administrator turns them on. */
const NO_RATE_LIMITS = { installation: null, app: null, anonymous: null }

/** https://docs.github.com/enterprise-server/webhooks/using-webhooks/best-practices-for-using-webhooks */
const WEBHOOK_TIMEOUT_MS = 30_000

/** How a GitHub Enterprise Server is started. */
export interface EnterpriseServerOptions extends Pick<ListenOptions, 'port'> {
  /** PEM text. */
  readonly tls: NonNullable<ListenOptions['tls']>
  readonly github?: Omit<GitHubOptions, 'port' | 'tls' | 'mount'>
  readonly issuer?: Omit<IssuerOptions, 'port' | 'tls' | 'mount'>
}

/** A GitHub Enterprise Server of one's own, on loopback: one host has the REST API and the issuer of its Actions. */
export interface EnterpriseServer {
  /** Its base URL is `https://HOST/api/v3`. */
  readonly github: GitHubEmulator
  /** `https://HOST/_services/token`. */
  readonly issuer: Issuer
  readonly close: () => Promise<void>
}

/** Starts one with nothing in it, and without rate limits. */
export async function startEnterpriseServer(options: EnterpriseServerOptions): Promise<EnterpriseServer> {
  const mounted = new Map<string, RequestListener>()
  const server = await listen(options, (request, response) => {
    const target = request.url ?? '/'
    for (const [path, listener] of mounted) {
      if (!target.startsWith(`${path}/`)) continue
      request.url = target.slice(path.length)
      listener(request, response)
      return
    }
    response.writeHead(404).end()
  })
  const mountAt = (path: string): Mount => ({
    baseUrl: `${server.origin}${path}`,
    use: (listener) => void mounted.set(path, listener),
  })
  const github = await startGitHub({
    webhookTimeoutMs: WEBHOOK_TIMEOUT_MS,
    ...options.github,
    rateLimits: { ...NO_RATE_LIMITS, ...options.github?.rateLimits },
    mount: mountAt(API_PATH),
  })
  const issuer = await startIssuer({ ...options.issuer, mount: mountAt(ISSUER_PATH) })
  return {
    github,
    issuer,
    async close() {
      await Promise.all([github.close(), issuer.close()])
      await server.close()
    },
  }
}
