import { randomBytes, randomInt } from 'node:crypto'
import { covers } from './model/installation.ts'
import type { Installation } from './model/installation.ts'
import type { Permissions } from './model/permission.ts'
import type { Repository } from './model/repository.ts'

/** An installation token lives one hour, whatever was asked. */
const TOKEN_LIFETIME_MS = 60 * 60 * 1000

/** Tokens kept; the oldest is forgotten (and answers 401) beyond. Bounds the memory of a benchmark. */
const TOKENS_MAX = 200_000

/** GitHub's App tokens look like `ghs_<App id>_<JWT>` since April 2026; the header is the same for all. */
const TOKEN_HEADER = Buffer.from(JSON.stringify({ alg: 'RS256', typ: 'JWT' })).toString('base64url')
const TOKEN_PAYLOAD_BYTES = 160
const TOKEN_SIGNATURE_BYTES = 172

/** What an installation token may do. */
export interface TokenGrant {
  readonly installation: Installation
  readonly permissions: Permissions
  /** The repositories chosen when it was made, or 'all' that the installation covers at the time of use. */
  readonly repositories: 'all' | ReadonlySet<Repository>
}

/** An installation token. */
export interface AccessToken extends TokenGrant {
  readonly token: string
  /** ms since the epoch. */
  readonly expiresAt: number
}

/** The installation tokens that are alive. */
export interface TokenStore {
  readonly issue: (grant: TokenGrant) => AccessToken
  /** The token's grant, unless it has expired, was revoked, or its installation is gone. */
  readonly find: (token: string) => AccessToken | undefined
  /** False if it was dead already. */
  readonly revoke: (token: string) => boolean
  readonly revokeAll: (installation: Installation) => void
  /** The tokens that have not been revoked and have not expired. */
  readonly live: () => readonly AccessToken[]
}

export function createTokenStore(now: () => number): TokenStore {
  const tokens = new Map<string, AccessToken>()
  return {
    issue(grant) {
      const issued = {
        ...grant,
        token: newToken(grant.installation.app.id),
        // Whole seconds, as in the answer.
        expiresAt: Math.floor(now() / 1000) * 1000 + TOKEN_LIFETIME_MS,
      }
      tokens.set(issued.token, issued)
      if (tokens.size > TOKENS_MAX) tokens.delete(tokens.keys().next().value ?? '')
      return issued
    },
    find(token) {
      const found = tokens.get(token)
      if (found === undefined || found.expiresAt > now()) return found
      tokens.delete(token)
      return undefined
    },
    revoke: (token) => tokens.delete(token),
    revokeAll(installation) {
      for (const [token, issued] of tokens) if (issued.installation === installation) tokens.delete(token)
    },
    live: () => [...tokens.values()].filter((token) => token.expiresAt > now()),
  }
}

/** True if the token reaches the repository, whatever it may do there. */
export function reaches(grant: TokenGrant, repository: Repository): boolean {
  return (
    covers(grant.installation, repository) &&
    (grant.repositories === 'all' || grant.repositories.has(repository))
  )
}

function newToken(appId: number): string {
  // Random where GitHub signs: nothing here verifies it, and a signature for each would cost a millisecond.
  const payload = randomBytes(TOKEN_PAYLOAD_BYTES + randomInt(12)).toString('base64url')
  const signature = randomBytes(TOKEN_SIGNATURE_BYTES).toString('base64url')
  return `ghs_${appId}_${TOKEN_HEADER}.${payload}.${signature}`
}
