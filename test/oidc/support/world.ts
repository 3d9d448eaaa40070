import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { StsError, type Reason } from '#pkg/errors'
import { readToken } from '#pkg/jwt'
import {
  createTokenVerifier,
  type TokenVerifier,
  type TokenVerifierOptions,
  type VerifiedToken,
} from '#pkg/oidc'
import {
  CERTIFICATE,
  DISCOVERY_PATH,
  json,
  KEYS_PATH,
  startIssuerServer,
  type IssuerServer,
} from './issuer-server.ts'
import { createTestNetwork, type TestNetwork } from './network.ts'
import { createSigningKey, type SigningKey } from './token.ts'

export const ISSUER = 'https://issuer.test'
/** A public address: the guard lets it pass, the test network carries it to loopback. */
export const PUBLIC_ADDRESS = '8.8.8.8'
const START = Date.parse('2026-01-01T00:00:00Z')

/** A verifier, a well-behaved issuer, and a clock that stands until it is moved. */
export interface World {
  readonly network: TestNetwork
  readonly server: IssuerServer
  readonly key: SigningKey
  readonly verifier: TokenVerifier
  readonly now: () => number
  advance(ms: number): void
  /** Claims of a token that is valid now. */
  claims(overrides?: Readonly<Record<string, unknown>>): Record<string, unknown>
  /** Verifies a bearer, or a token of these claims signed by `key`. */
  verify(token?: string | Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<VerifiedToken>
}

export async function createWorld(t: TestContext, options: TokenVerifierOptions = {}): Promise<World> {
  const network = createTestNetwork()
  const server = await startIssuerServer(t)
  const key = createSigningKey('k1')
  network.name('issuer.test', PUBLIC_ADDRESS)
  network.serve(PUBLIC_ADDRESS, server.port)
  publish(server, [key])
  let time = START
  const now = (): number => time
  const { resolve, dial } = network
  const verifier = createTokenVerifier({ issuerCa: CERTIFICATE.cert, now, resolve, dial, ...options })
  t.after(() => {
    verifier.close()
  })
  const claims = (overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => {
    const seconds = time / 1000
    return {
      iss: ISSUER,
      sub: 'repo:acme/app',
      aud: 'sts.test',
      exp: seconds + 100_000,
      iat: seconds,
      ...overrides,
    }
  }
  return {
    network,
    server,
    key,
    verifier,
    now,
    advance: (ms) => {
      time += ms
    },
    claims,
    async verify(token = {}, signal = new AbortController().signal) {
      const bearer = typeof token === 'string' ? token : await key.sign(claims(token))
      return verifier.verify(readToken(bearer), { signal })
    },
  }
}

interface Publication {
  readonly issuer?: string
  readonly jwksUri?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Lets a server publish these keys, for `issuer`, with the algorithms that they have. */
export function publish(server: IssuerServer, keys: readonly SigningKey[], options: Publication = {}): void {
  const { issuer = ISSUER, headers = {} } = options
  const { jwksUri = `${issuer}${KEYS_PATH}` } = options
  const algorithms = [...new Set(keys.map(({ alg }) => alg))]
  const metadata = { issuer, jwks_uri: jwksUri, id_token_signing_alg_values_supported: algorithms }
  server.on(DISCOVERY_PATH, json(metadata))
  server.on(KEYS_PATH, json({ keys: keys.map(({ jwk }) => jwk) }, headers))
}

/** Asserts that `work` rejects with this reason, and returns the error. */
export async function rejectsWith(work: Promise<unknown>, ...reasons: readonly Reason[]): Promise<StsError> {
  const error = await work.then(
    () => assert.fail(`resolved instead of ${reasons.join(' or ')}`),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof StsError, String(error))
  assert.ok(reasons.includes(error.reason), `${error.reason} instead of ${reasons.join(' or ')}`)
  return error
}

/** Verifies a token of the world's key with another verifier. */
export async function verifyWith(
  world: World,
  verifier: World['verifier'],
  claims: Readonly<Record<string, unknown>> = {},
): Promise<unknown> {
  return verifier.verify(readToken(await world.key.sign(world.claims(claims))), {
    signal: new AbortController().signal,
  })
}
