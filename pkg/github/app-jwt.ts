import { createAppAuth } from '@octokit/auth-app'
import { StsError } from '#pkg/errors'
import type { Signer } from '#pkg/signer'
import { createSingleFlight } from '#pkg/store'

/** `iat` lies this far in the past, against clock drift (GitHub recommends 60 seconds). */
const ISSUED_BEFORE_MS = 60_000

/** `exp` lies this far ahead; GitHub refuses more than 10 minutes on its own clock. */
const LIFETIME_MS = 9 * 60_000

/** A JWT is used this long, so that a key service is asked a few times an hour and not for each exchange. */
const REUSE_MS = 8 * 60_000

/** The longest that a signature may take. */
const SIGN_TIMEOUT_MS = 10_000

/**
 * The JWT by which an App proves itself.
 * https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
export interface AppJwt {
  /**
   * The current JWT, signed anew after 8 minutes; callers at the same time share one signature.
   *
   * @throws StsError `app_key_unavailable`; the reason of `signal` when it aborts.
   */
  get(signal: AbortSignal): Promise<string>
  /** As `get`, but never `refused`, which GitHub did not take. */
  renew(refused: string, signal: AbortSignal): Promise<string>
  /** Corrects the times of later JWTs to GitHub's clock, which shows `githubTimeMs` now. */
  setClock(githubTimeMs: number): void
}

export interface AppJwtOptions {
  /** App id or client id. */
  readonly appId: string
  readonly signer: Signer
  readonly now: () => number
}

export function createAppJwt({ appId, signer, now }: AppJwtOptions): AppJwt {
  const flights = createSingleFlight<string>()
  let current: { readonly token: string; readonly signedAt: number } | undefined
  let clockOffsetMs = 0

  const auth = createAppAuth({
    appId,
    createJwt: async (issuer) => {
      const time = now() + clockOffsetMs
      const expiresAt = Math.floor((time + LIFETIME_MS) / 1000)
      const payload = {
        iat: Math.floor((time - ISSUED_BEFORE_MS) / 1000),
        exp: expiresAt,
        iss: String(issuer),
      }
      const input = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(payload)}`
      const signature = await signer.sign(Buffer.from(input), AbortSignal.timeout(SIGN_TIMEOUT_MS))
      return {
        jwt: `${input}.${Buffer.from(signature).toString('base64url')}`,
        expiresAt: new Date(expiresAt * 1000).toISOString(),
      }
    },
  })

  async function sign(): Promise<string> {
    const signedAt = now()
    try {
      const { token } = await auth({ type: 'app' })
      current = { token, signedAt }
      return token
    } catch (error) {
      if (error instanceof StsError) throw error
      throw new StsError('app_key_unavailable', { cause: error, detail: { signer: signer.description } })
    }
  }

  async function get(signal: AbortSignal): Promise<string> {
    if (current !== undefined) {
      const age = now() - current.signedAt
      if (age >= 0 && age < REUSE_MS) return current.token
    }
    // A signature under way is of use to whoever comes next, so a caller who leaves does not stop it.
    return await flights.run('jwt', signal, sign)
  }

  return {
    get,
    async renew(refused, signal) {
      if (current?.token === refused) current = undefined
      return await get(signal)
    },
    setClock(githubTimeMs) {
      clockOffsetMs = githubTimeMs - now()
    },
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
