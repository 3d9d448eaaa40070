import { createCallLog } from '../http/call-log.ts'
import type { Call } from '../http/call-log.ts'
import { createFaultPlan } from '../http/fault.ts'
import type { Fault, FaultEffect, FaultMatch } from '../http/fault.ts'
import { jsonAnswer } from '../http/message.ts'
import type { Answer, ReceivedRequest } from '../http/message.ts'
import { startServer } from '../http/server.ts'
import type { ListenOptions } from '../http/server.ts'
import { actionsClaims } from './actions-claims.ts'
import type { ActionsJob } from './actions-claims.ts'
import { createSigningKeys } from './signing-keys.ts'
import type { SigningAlgorithm } from './signing-keys.ts'

const CALLS_KEPT = 10_000

/** Lifetime of GitHub Actions' tokens, and how long before its making one is valid. */
const TOKEN_LIFETIME_SECONDS = 300
const NOT_BEFORE_SECONDS = 600

/** The longest lifetime that `/actions/token` can be asked for, and the longest time since a token's end. */
const LIFETIME_MAX_SECONDS = 24 * 60 * 60

/** What the issuer has to know of a repository to speak for its jobs. */
export type ActionsRepository = Pick<
  ActionsJob,
  'owner' | 'repo' | 'ownerId' | 'repositoryId' | 'visibility' | 'immutable'
>

/** How an issuer is started. */
export interface IssuerOptions extends ListenOptions {
  /** One key is made for each; the document advertises them. Default RS256, GitHub's only one. */
  readonly algorithms?: readonly SigningAlgorithm[]
  /** Finds `owner/name` for `/actions/token`; default: knows them all, with ids 1 and 2. */
  readonly findRepository?: (fullName: string) => ActionsRepository | undefined
}

/** How one token is signed. */
export interface SignOptions {
  /** Key id put into the header; a published one chooses its key, another one is a lie. */
  readonly kid?: string
  /** Default: the first of the issuer's algorithms. */
  readonly alg?: SigningAlgorithm
}

/** Paths an issuer answers on, by the name that `calls` has for them. */
export type IssuerOperation = 'discovery' | 'keys' | 'token'

/** An OIDC issuer in the form of GitHub Actions'. */
export interface Issuer {
  /** The `iss` of its tokens, and its base URL. */
  readonly issuer: string
  /** What was asked, in order; live. Operations are `discovery`, `keys` and `token`. */
  readonly calls: readonly Call[]
  readonly count: (operation: IssuerOperation) => number
  readonly clearCalls: () => void
  readonly fault: (fault: Fault) => () => void
  readonly failNext: (effect: FaultEffect, match?: FaultMatch) => () => void
  readonly clearFaults: () => void
  /**
   * Signs claims. `iss`, `iat`, `nbf` and `exp` are filled in as GitHub does; a claim given as undefined is left out.
   */
  readonly sign: (claims: Readonly<Record<string, unknown>>, options?: SignOptions) => Promise<string>
  /** Makes new keys. Old ones stay published, unless `retire` is true. */
  readonly rotate: (options?: { readonly retire?: boolean }) => Promise<void>
  readonly close: () => Promise<void>
}

const OPERATIONS: Readonly<Record<string, IssuerOperation>> = {
  '/.well-known/openid-configuration': 'discovery',
  '/.well-known/jwks': 'keys',
  '/actions/token': 'token',
}

/**
 * Starts an issuer. Besides the discovery document and the key set it has
 * `GET /actions/token?repository=OWNER/REPO&ref=main&audience=AUD[&environment=NAME][&event=NAME][&lifetime=SECONDS]`,
 * which answers `{ "count": n, "value": "<jwt>" }` as a runner's ACTIONS_ID_TOKEN_REQUEST_URL does, to anyone who can
 * reach it. A lifetime below zero makes a token that has ended that long ago; a day at most, either way.
 */
export async function startIssuer(options: IssuerOptions = {}): Promise<Issuer> {
  const now = options.now ?? Date.now
  const algorithms = options.algorithms ?? ['RS256']
  const [firstAlgorithm = 'RS256'] = algorithms
  const keys = await createSigningKeys(algorithms)
  const log = createCallLog(CALLS_KEPT)
  const faults = createFaultPlan()
  let issuer = ''

  const sign: Issuer['sign'] = (claims, { kid, alg = firstAlgorithm } = {}) => {
    const seconds = Math.floor(now() / 1000)
    const payload = {
      iss: issuer,
      iat: seconds,
      nbf: seconds - NOT_BEFORE_SECONDS,
      exp: seconds + TOKEN_LIFETIME_SECONDS,
      ...claims,
    }
    return keys.sign(Buffer.from(JSON.stringify(payload)), alg, kid === undefined ? {} : { kid })
  }

  async function actionsToken({ query }: ReceivedRequest): Promise<Answer> {
    const fullName = query.get('repository') ?? ''
    const [owner = '', repo = ''] = fullName.split('/')
    if (owner === '' || repo === '') return jsonAnswer(400, { message: 'repository=OWNER/REPO is missing' })
    const repository =
      options.findRepository === undefined ? { owner, repo } : options.findRepository(fullName)
    if (repository === undefined) return jsonAnswer(404, { message: `There is no repository ${fullName}` })
    const lifetime = readLifetime(query.get('lifetime'))
    if (lifetime === undefined) return jsonAnswer(400, { message: 'lifetime=SECONDS is a day at most' })
    const asked = ['ref', 'environment', 'event', 'audience'].flatMap((name) => {
      const value = query.get(name)
      return value === null ? [] : [[name, value] as const]
    })
    const claims = actionsClaims({ ...repository, ...Object.fromEntries(asked) })
    const value = await sign({ ...claims, ...timesOf(lifetime, now()) })
    return jsonAnswer(200, { count: value.length, value })
  }

  const server = await startServer(options, {
    log,
    faults,
    operationOf: (method, path) => (method === 'GET' ? OPERATIONS[path] : undefined),
    async answer(request) {
      switch (request.operation) {
        case 'discovery':
          return jsonAnswer(200, discoveryDocument(issuer, algorithms))
        case 'keys':
          return jsonAnswer(200, { keys: keys.published() })
        case 'token':
          return await actionsToken(request)
        default:
          return jsonAnswer(404, { message: 'Not Found' })
      }
    },
  })
  issuer = server.baseUrl

  return {
    issuer,
    calls: log.calls,
    count: (operation) => log.calls.filter((call) => call.operation === operation).length,
    clearCalls: log.clear,
    fault: faults.add,
    failNext: (effect, match) =>
      faults.add({ ...effect, times: 1, ...(match === undefined ? {} : { match }) }),
    clearFaults: faults.clear,
    sign,
    rotate: ({ retire = false } = {}) => keys.rotate(retire),
    close: server.close,
  }
}

/** Undefined for what is no whole number of seconds within the bounds. */
function readLifetime(text: string | null): number | undefined {
  if (text === null) return TOKEN_LIFETIME_SECONDS
  const seconds = /^-?\d{1,5}$/.test(text) ? Number(text) : undefined
  return seconds !== undefined && Math.abs(seconds) <= LIFETIME_MAX_SECONDS ? seconds : undefined
}

/** A token that has ended was made before, and lived as long as any other. */
function timesOf(lifetimeSeconds: number, nowMs: number): { iat: number; nbf: number; exp: number } {
  const exp = Math.floor(nowMs / 1000) + lifetimeSeconds
  const iat = exp - (lifetimeSeconds > 0 ? lifetimeSeconds : TOKEN_LIFETIME_SECONDS)
  return { iat, nbf: iat - NOT_BEFORE_SECONDS, exp }
}

/** The members of https://token.actions.githubusercontent.com/.well-known/openid-configuration */
function discoveryDocument(issuer: string, algorithms: readonly SigningAlgorithm[]) {
  return {
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks`,
    subject_types_supported: ['public', 'pairwise'],
    response_types_supported: ['id_token'],
    claims_supported: [...STANDARD_CLAIMS, ...ACTIONS_CLAIMS],
    id_token_signing_alg_values_supported: algorithms,
    scopes_supported: ['openid'],
  }
}

const STANDARD_CLAIMS = ['sub', 'aud', 'exp', 'iat', 'iss', 'jti', 'nbf']

const ACTIONS_CLAIMS = Object.keys(
  actionsClaims({ owner: 'owner', repo: 'repo', environment: 'environment' }),
).filter((claim) => !STANDARD_CLAIMS.includes(claim))
