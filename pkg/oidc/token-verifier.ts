import { createSecureContext, rootCertificates } from 'node:tls'
import { StsError } from '#pkg/errors'
import { isAlgorithm } from './algorithms.ts'
import type { TokenRecord, UnverifiedToken } from '#pkg/jwt'
import { dialTcp, type Dial } from './guarded-connect.ts'
import { createIssuerDirectory, type IssuerObserver } from './issuer-directory.ts'
import { createKeySource, type IssuerKeys } from './key-source.ts'
import { verifyWithKeySet } from './key-set.ts'
import { createReaches } from './reach.ts'
import { resolveHost, type ResolveHost } from './resolve-host.ts'
import { checkLifetime, checkTimes, readRegisteredClaims } from './token-claims.ts'

/** A token whose issuer is known to have signed it, within its time. */
export interface VerifiedToken {
  readonly issuer: string
  readonly subject: string
  /** Empty if the token names none. */
  readonly audiences: readonly string[]
  /** All claims, frozen and without a prototype. */
  readonly claims: TokenRecord
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/** Decides whether tokens are genuine, fetching the keys of their issuers as needed. */
export interface TokenVerifier {
  /**
   * Verifies a token: algorithm, header, claims, times, then the signature with its issuer's keys.
   *
   * Nothing is fetched for a token that could not verify with any key. All fetches together are done
   * within 10 s, and end when no caller waits for them any more.
   *
   * @throws StsError TOKEN_INVALID, ISSUER_INVALID, ISSUER_UNREACHABLE or ISSUER_REJECTED; the reason of
   *   `signal` if it aborts first.
   */
  verify(token: UnverifiedToken, context: { readonly signal: AbortSignal }): Promise<VerifiedToken>
  /** Says that a token of `issuer` has served a grant: strangers' issuers cannot push out its keys. */
  vouch(issuer: string): void
  /** Ends all fetches; those who wait for one are told `issuer_unavailable`. */
  close(): void
}

export interface TokenVerifierOptions {
  /**
   * Lets issuers on loopback hosts in, with plain http for them, for targets on this machine only. For
   * development. Default false.
   */
  readonly allowLoopbackIssuers?: boolean
  /**
   * Issuers that may have private addresses, never a metadata service's: origins, or issuers with a
   * path for exactly one. Default none.
   */
  readonly privateIssuers?: readonly string[]
  /** PEM certificates that are trusted beside the well-known ones. */
  readonly issuerCa?: string
  /** Issuer to the https URL or file of its key set; it is then not asked itself. Default none. */
  readonly keySetOverrides?: ReadonlyMap<string, string>
  /** For all that is fetched for one issuer together, in milliseconds. Default 10,000. */
  readonly fetchTimeoutMs?: number
  /** Issuers that are kept: of each rank (fetched, verified, granted). Default 1,000. */
  readonly maxIssuers?: number
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number
  readonly observer?: IssuerObserver | undefined
  /** Tokens that live longer, from `iat` to `exp`, are refused before anything is fetched; in milliseconds. Default: any. */
  readonly maxLifetimeMs?: number | undefined
  /** Default: the system's name servers. */
  readonly resolve?: ResolveHost
  /** Default: a TCP connection of the operating system. */
  readonly dial?: Dial
}

const FETCH_TIMEOUT_MS = 10_000
const ISSUERS_MAX = 1_000
/** Of each rank. */
const ISSUERS_MAX_BYTES = 16 * 1024 * 1024

export function createTokenVerifier(options: TokenVerifierOptions = {}): TokenVerifier {
  const now = options.now ?? Date.now
  const allowLoopback = options.allowLoopbackIssuers ?? false
  const source = createKeySource({
    network: {
      resolve: options.resolve ?? resolveHost,
      dial: options.dial ?? dialTcp,
      secureContext:
        options.issuerCa === undefined
          ? undefined
          : createSecureContext({ ca: [...rootCertificates, options.issuerCa], minVersion: 'TLSv1.2' }),
    },
    reachOf: createReaches({ allowLoopback, privateIssuers: options.privateIssuers ?? [] }),
    allowLoopback,
    overrides: options.keySetOverrides ?? new Map<string, string>(),
    timeoutMs: options.fetchTimeoutMs ?? FETCH_TIMEOUT_MS,
  })
  const limits = { maxEntries: options.maxIssuers ?? ISSUERS_MAX, maxBytes: ISSUERS_MAX_BYTES }
  const directory = createIssuerDirectory({ source, now, limits, observer: options.observer })

  return {
    async verify(token, { signal }) {
      checkHeader(token.header)
      const claims = readRegisteredClaims(token.claims)
      checkTimes(claims, now())
      checkLifetime(claims, options.maxLifetimeMs)
      await checkSignature(token, signal)
      // Fetching keys may have outlasted the token.
      checkTimes(claims, now())
      const { subject, audiences, expiresAt } = claims
      return { issuer: token.issuer, subject, audiences, claims: token.claims, expiresAt }
    },
    vouch: (issuer) => {
      directory.vouch(issuer)
    },
    close: () => {
      directory.close()
    },
  }

  async function checkSignature(token: UnverifiedToken, signal: AbortSignal): Promise<void> {
    const { issuer } = token
    let keys = await directory.keysOf(issuer, signal)
    let verdict = verifyWithKeySet(token, keys.keys, keys.algorithms)
    // Without a `kid`, keys that do not verify may just be old ones.
    if (verdict === 'no_key' || (verdict === 'not_verified' && token.header.kid === undefined)) {
      const newer = await directory.newerKeysOf(issuer, keys, signal)
      if (newer !== keys) verdict = verifyWithKeySet(token, newer.keys, newer.algorithms)
      keys = newer
    }
    if (verdict === 'not_verified') throw new StsError('token_signature')
    if (verdict === 'no_key')
      throw new StsError(isAdvertised(token, keys) ? 'token_key_unknown' : 'token_algorithm_refused')
    directory.markVerified(issuer)
  }
}

/**
 * Refuses what no key can make good. `jwk`, `jku`, `x5u` and `x5c` are not looked at: a token does not
 * choose the key that verifies it.
 *
 * @throws StsError (TOKEN_INVALID) `token_algorithm_refused`, `token_critical_header`.
 */
function checkHeader(header: UnverifiedToken['header']): void {
  if (!isAlgorithm(header.alg)) throw new StsError('token_algorithm_refused')
  // RFC 7515, section 4.1.11: no extension is understood here, `b64` (RFC 7797) neither. RFC 8725,
  // section 3.6: nothing compressed.
  if (['crit', 'b64', 'zip'].some((name) => Object.hasOwn(header, name)))
    throw new StsError('token_critical_header')
}

function isAdvertised(token: UnverifiedToken, keys: IssuerKeys): boolean {
  return isAlgorithm(token.header.alg) && keys.algorithms.has(token.header.alg)
}
