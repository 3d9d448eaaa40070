import { Agent, EnvHttpProxyAgent, type Dispatcher } from 'undici'
import { CALLS_MAX } from './call-gate.ts'

/** An idle connection is kept this long, so that a mint seldom pays for a TLS handshake. */
const IDLE_CONNECTION_MS = 30_000

const CONNECT_TIMEOUT_MS = 5_000

export interface ConnectionPoolOptions {
  /** Certificates in PEM that are trusted instead of Node's own list, for a GitHub with a private CA. */
  readonly ca?: string | undefined
  /** A forward proxy for https; `noProxy` has the hosts dialled without it, divided by commas. */
  readonly proxy?: { readonly url: string; readonly noProxy: string | undefined } | undefined
}

/**
 * The one pool of connections to GitHub that all Apps share: kept alive, one for each call that may be under way, TLS 1.2
 * or later with verified certificates. Nothing is opened before the first call. Whoever made the pool closes it.
 */
export function createConnectionPool({ ca, proxy }: ConnectionPoolOptions = {}): Dispatcher {
  const tls = {
    timeout: CONNECT_TIMEOUT_MS,
    minVersion: 'TLSv1.2',
    // Said, because its default can be switched off from the environment.
    rejectUnauthorized: true,
    ...(ca !== undefined && { ca }),
  } as const
  const options = { connections: CALLS_MAX, keepAliveTimeout: IDLE_CONNECTION_MS, connect: tls }
  if (proxy === undefined) return new Agent(options)
  return new EnvHttpProxyAgent({
    ...options,
    requestTls: tls,
    proxyTls: tls,
    httpsProxy: proxy.url,
    // Said, though empty: what is left out would be read from the environment.
    httpProxy: '',
    noProxy: proxy.noProxy ?? '',
  })
}
