import { compactVerify, decodeJwt, decodeProtectedHeader } from 'jose'
import type { KeyObject } from 'node:crypto'
import type { App } from './model/app.ts'
import type { Registry } from './model/registry.ts'

/** `exp` may be this far ahead of GitHub's clock, and of `iat`. */
const APP_JWT_MAX_SECONDS = 600

/** JWTs whose signature is remembered. An App uses one for minutes, so a few are plenty. */
const VERIFIED_MAX = 100

/** The App that signed, or the status and message GitHub answers with. */
export type AppJwtResult =
  | { readonly ok: true; readonly app: App }
  | { readonly ok: false; readonly status: 401 | 404; readonly message: string }

/**
 * Makes the check of App JWTs.
 * Rules: https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 * Signatures are checked once for each JWT and key; times on every use.
 */
export function createAppJwtCheck(
  registry: Registry,
  now: () => number,
): (jwt: string) => Promise<AppJwtResult> {
  const verified = new Map<string, KeyObject>()

  async function signedBy(app: App, jwt: string): Promise<boolean> {
    const known = verified.get(jwt)
    if (known !== undefined && app.publicKeys.includes(known)) return true
    for (const key of app.publicKeys) {
      const valid = await compactVerify(jwt, key, { algorithms: ['RS256'] }).then(
        () => true,
        () => false,
      )
      if (!valid) continue
      if (verified.size >= VERIFIED_MAX) verified.clear()
      verified.set(jwt, key)
      return true
    }
    return false
  }

  return async (jwt) => {
    const claims = readClaims(jwt)
    if (claims === undefined) return undecodable
    const { iss, iat, exp } = claims
    if (typeof iss !== 'string' && typeof iss !== 'number') {
      return refused("'Issuer' claim ('iss') must be an Integer")
    }
    const app = registry.appByIssuer(iss)
    if (app === undefined) return { ok: false, status: 404, message: 'Integration not found' }
    if (!(await signedBy(app, jwt))) return undecodable
    const seconds = now() / 1000
    if (typeof exp !== 'number' || exp <= seconds) {
      return refused(
        "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
      )
    }
    if (!Number.isInteger(iat) || typeof iat !== 'number' || iat > seconds) {
      return refused(
        "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
      )
    }
    if (exp > Math.ceil(seconds) + APP_JWT_MAX_SECONDS || exp - iat > APP_JWT_MAX_SECONDS) {
      return refused("'Expiration time' claim ('exp') is too far in the future")
    }
    return { ok: true, app }
  }
}

const undecodable = refused('A JSON web token could not be decoded')

function refused(message: string): AppJwtResult {
  return { ok: false, status: 401, message }
}

function readClaims(jwt: string): Record<string, unknown> | undefined {
  try {
    return decodeProtectedHeader(jwt).alg === 'RS256' ? decodeJwt(jwt) : undefined
  } catch {
    return undefined
  }
}
