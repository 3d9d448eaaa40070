import { open } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { StsError } from '#pkg/errors'
import { checkIssuer } from '#pkg/policy'
import { withDeadline } from '#pkg/store'
import type { Algorithm } from './algorithms.ts'
import { networkError, type Network } from './guarded-connect.ts'
import { isFetchable, openGuardedSession, REDIRECTS_MAX, type FetchedDocument } from './guarded-fetch.ts'
import { parseDocument } from './issuer-document.ts'
import { readKeySet, type KeySet } from './key-set.ts'
import { discoveryUrl, readProviderMetadata } from './provider-metadata.ts'
import { OPERATOR_REACH, type Reach } from './reach.ts'
import { DOCUMENT_MAX_BYTES } from './response-body.ts'

/** What an issuer verifies with at the moment. */
export interface IssuerKeys {
  readonly keys: KeySet
  readonly algorithms: ReadonlySet<Algorithm>
  /** How long the issuer wants this to be used, within bounds. */
  readonly freshForMs: number
  /** What it takes to keep this, roughly. */
  readonly bytes: number
}

/** Fetches the keys of an issuer. Rejects with an StsError, or with the signal's reason. */
export type KeySource = (issuer: string, signal: AbortSignal) => Promise<IssuerKeys>

export interface KeySourceOptions {
  readonly network: Network
  readonly reachOf: (issuer: string) => Reach
  /** Whether the syntax of issuers lets loopback hosts in. */
  readonly allowLoopback: boolean
  /** Issuers whose key set is at an https URL or in a file (`file:` URL or path) of the operator's. */
  readonly overrides: ReadonlyMap<string, string>
  /** For all that is fetched for one issuer together, in milliseconds. */
  readonly timeoutMs: number
}

/** Freshness of a key set whose answer has no `max-age`, and the bounds for one that has. */
const FRESH_DEFAULT_S = 15 * 60
const FRESH_MIN_S = 60
const FRESH_MAX_S = 60 * 60
/** Of an imported key beside the text it was made from. */
const KEY_OVERHEAD_BYTES = 4 * 1024

export function createKeySource(options: KeySourceOptions): KeySource {
  const { network, reachOf, allowLoopback, overrides, timeoutMs } = options

  return async (issuer, signal) => {
    const syntax = checkIssuer(issuer, { allowLoopback })
    if (!syntax.ok) throw new StsError('issuer_syntax', { detail: { problem: syntax.problem } })
    const override = overrides.get(issuer)
    const late = (): StsError => new StsError('issuer_timeout')
    return withDeadline({ ms: timeoutMs, signal, late }, (deadline) =>
      override === undefined ? discover(issuer, deadline) : readOverride(override, deadline),
    )
  }

  /** OpenID Connect Discovery 1.0, section 4: the provider's metadata, then the key set it names. */
  async function discover(issuer: string, signal: AbortSignal): Promise<IssuerKeys> {
    const reach = reachOf(issuer)
    const session = openGuardedSession(network, reach, signal)
    try {
      const metadata = await session.get(discoveryUrl(issuer), { redirects: REDIRECTS_MAX })
      const { jwksUri, algorithms } = readProviderMetadata(parseDocument(metadata.body), issuer, reach)
      const document = await session.get(jwksUri, { redirects: REDIRECTS_MAX })
      const keys = await readKeySet(parseDocument(document.body))
      return issuerKeys(keys, algorithms, document)
    } finally {
      await session.close()
    }
  }

  /** A key set that the operator vouches for: what it signs with is what its keys say, RS256 if nothing. */
  async function readOverride(location: string, signal: AbortSignal): Promise<IssuerKeys> {
    const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(location)
    const document =
      isUrl && !location.startsWith('file:')
        ? await fetchOverride(new URL(location), signal)
        : await readKeySetFile(isUrl ? fileURLToPath(location) : location, signal)
    const keys = await readKeySet(parseDocument(document.body))
    const named = keys.flatMap(({ algorithm }) => algorithm ?? [])
    return issuerKeys(keys, new Set<Algorithm>(named.length > 0 ? named : ['RS256']), document)
  }

  async function fetchOverride(url: URL, signal: AbortSignal): Promise<FetchedDocument> {
    if (!isFetchable(url, OPERATOR_REACH)) throw new StsError('issuer_key_set_uri_refused')
    const session = openGuardedSession(network, OPERATOR_REACH, signal)
    try {
      return await session.get(url, { redirects: 0 })
    } finally {
      await session.close()
    }
  }
}

async function readKeySetFile(path: string, signal: AbortSignal): Promise<FetchedDocument> {
  const body = Buffer.alloc(DOCUMENT_MAX_BYTES + 1)
  let length = 0
  try {
    const file = await open(path)
    try {
      for (let read = -1; read !== 0 && length < body.length; length += read) {
        signal.throwIfAborted()
        read = (await file.read(body, length)).bytesRead
      }
    } finally {
      await file.close()
    }
  } catch (thrown) {
    signal.throwIfAborted()
    throw networkError(thrown)
  }
  if (length > DOCUMENT_MAX_BYTES) throw new StsError('issuer_document_too_large')
  return { body: body.subarray(0, length), maxAgeSeconds: undefined }
}

function issuerKeys(keys: KeySet, algorithms: ReadonlySet<Algorithm>, document: FetchedDocument): IssuerKeys {
  const freshFor = Math.min(FRESH_MAX_S, Math.max(FRESH_MIN_S, document.maxAgeSeconds ?? FRESH_DEFAULT_S))
  const bytes = document.body.length + keys.length * KEY_OVERHEAD_BYTES
  return { keys, algorithms, freshForMs: freshFor * 1000, bytes }
}
