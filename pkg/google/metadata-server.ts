import { setTimeout } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { Agent } from 'undici'
import { StsError } from '#pkg/errors'
import { createSingleFlight } from '#pkg/store'
import { readIdentityToken, type IdentityToken } from './identity-token.ts'
import { askMetadata, type MetadataAnswer } from './metadata-call.ts'

/** Known by this name inside of Google Cloud only. */
const DEFAULT_HOST = 'metadata.google.internal'
const PROJECT_PATH = '/computeMetadata/v1/project/project-id'
const TOKEN_PATH = '/computeMetadata/v1/instance/service-accounts/default/identity'

/** Whoever is not there in this time, in milliseconds, is not there. */
const PRESENCE_TIMEOUT_MS = 1_000
const CALL_TIMEOUT_MS = 3_000
const ATTEMPTS_MAX = 4
/** Before the second attempt; twice as long before each further one, and up to half as long again by chance. */
const BACKOFF_MS = 100

/** A token is renewed this long before its end, in milliseconds. */
const TOKEN_MARGIN_MS = 5 * 60_000
const AUDIENCES_MAX = 16
const CONNECTIONS_MAX = 4

/** 6 to 30 characters: https://docs.cloud.google.com/resource-manager/docs/creating-managing-projects; older ones have a domain before them. */
const PROJECT_ID = /^[a-z0-9.:-]{1,100}$/

export interface MetadataServerOptions {
  /** Host, or host and port (`GCE_METADATA_HOST`). Default: metadata.google.internal. */
  readonly host?: string | undefined
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: (() => number) | undefined
  /** From 0 to 1. Default: Math.random. */
  readonly random?: (() => number) | undefined
}

interface CallOptions {
  readonly signal: AbortSignal
}

/**
 * The metadata server of Google Cloud, which tells a workload who it is. Asked without a proxy, over plain HTTP, as it
 * is the machine's own: https://docs.cloud.google.com/compute/docs/metadata/querying-metadata
 */
export interface MetadataServer {
  /** Whether one answers within a second, and says that it is Google's. Rejects only when `signal` aborts. */
  isPresent(options: CallOptions): Promise<boolean>
  /**
   * A Google-signed OIDC token of the workload's service account for `audience`, good for another five minutes unless
   * Google gives it out for less. Callers who ask at the same time share one call.
   * https://docs.cloud.google.com/compute/docs/instances/verifying-instance-identity
   *
   * @throws StsError `identity_token_unavailable`.
   */
  identityToken(audience: string, options: CallOptions): Promise<string>
  /**
   * The id of the project that the workload runs in; asked once.
   *
   * @throws StsError `identity_token_unavailable`.
   */
  projectId(options: CallOptions): Promise<string>
  /** Cuts what is under way. */
  close(): Promise<void>
}

/** Opens nothing before the first call. */
export function createMetadataServer(options: MetadataServerOptions = {}): MetadataServer {
  const { now = Date.now, random = Math.random } = options
  const origin = `http://${options.host ?? DEFAULT_HOST}`
  const dispatcher = new Agent({ connections: CONNECTIONS_MAX })
  const tokens = new LRUCache<string, IdentityToken>({ max: AUDIENCES_MAX })
  const tokenFlights = createSingleFlight<IdentityToken>()
  const projectFlights = createSingleFlight<string>()
  let project: string | undefined

  const ask = (path: string, timeoutMs: number, signal: AbortSignal): Promise<MetadataAnswer> =>
    askMetadata({ dispatcher, origin, path, timeoutMs, signal })

  /** Google asks for exponential back-off where its server cannot answer for the moment. */
  async function fetchText(path: string, signal: AbortSignal): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      try {
        const { status, text } = await ask(path, CALL_TIMEOUT_MS, signal)
        if (status === 200) return text
        throw new StsError('identity_token_unavailable', { detail: { problem: 'status', status } })
      } catch (thrown) {
        if (attempt === ATTEMPTS_MAX || !mayPass(thrown)) throw thrown
      }
      await setTimeout(BACKOFF_MS * 2 ** (attempt - 1) * (1 + random() / 2), undefined, { signal }).catch(
        () => {
          signal.throwIfAborted()
        },
      )
    }
  }

  async function fetchToken(audience: string, signal: AbortSignal): Promise<IdentityToken> {
    const query = new URLSearchParams({ audience, format: 'full' })
    const text = await fetchText(`${TOKEN_PATH}?${query.toString()}`, signal)
    const token = readIdentityToken(text, audience, now())
    tokens.set(audience, token)
    return token
  }

  async function fetchProject(signal: AbortSignal): Promise<string> {
    const text = await fetchText(PROJECT_PATH, signal)
    if (!PROJECT_ID.test(text)) {
      throw new StsError('identity_token_unavailable', { detail: { problem: 'shape' } })
    }
    project = text
    return text
  }

  return {
    async isPresent({ signal }) {
      try {
        await ask('/', PRESENCE_TIMEOUT_MS, signal)
        return true
      } catch {
        signal.throwIfAborted()
        return false
      }
    },
    async identityToken(audience, { signal }) {
      const known = tokens.get(audience)
      if (known !== undefined && known.expiresAtMs - TOKEN_MARGIN_MS > now()) return known.token
      const { token } = await tokenFlights.run(audience, signal, (flight) => fetchToken(audience, flight))
      return token
    },
    async projectId({ signal }) {
      return project ?? (await projectFlights.run('', signal, fetchProject))
    },
    close: () => dispatcher.destroy(),
  }
}

/** Network errors and overload: https://docs.cloud.google.com/compute/docs/troubleshooting/troubleshoot-metadata-server */
function mayPass(thrown: unknown): boolean {
  if (!(thrown instanceof StsError)) return false
  const { problem, status } = thrown.detail
  if (problem === 'network' || problem === 'timeout') return true
  return problem === 'status' && typeof status === 'number' && (status === 429 || status >= 500)
}
