import { LRUCache } from 'lru-cache'
import type { IssuerListDecision } from '#pkg/audit'
import { StsError, quote, toStsError } from '#pkg/errors'
import { ISSUER_LIST_PATH, permitsIssuer, readIssuerList, type IssuerList } from '#pkg/policy'
import type { CacheResult } from '#pkg/telemetry'
import {
  createPolicyFiles,
  failurePauseOf,
  type FileAnswer,
  type FileReader,
  type PolicyFiles,
  findingOf,
} from './policy-files.ts'

/** Of more owners whose list could not be read, those that failed last are remembered. */
const FAILURES_MAX = 5_000

/** Step 6: the organization's list of trusted issuers. */
export interface OrganizationIssuers {
  /**
   * Whether the organization lets this issuer in. An answer that cannot be had is an error, never a
   * permission: ISSUER_LIST_INVALID, RATE_LIMITED or UPSTREAM_UNAVAILABLE. It is the same for 2 s, or as long as GitHub
   * said (60 s at most), without asking: no budget counts who asks for a list.
   */
  decide(owner: string, issuer: string, reader: FileReader, signal: AbortSignal): Promise<IssuerListDecision>
  /** Keeps the owner's list in memory in preference to those of owners who were never granted anything. */
  vouchFor(owner: string): void
  /** See `PolicyFiles.expire`. */
  expire(owner: string, repository?: string): void
  /** See `PolicyFiles.doubtAll`. */
  doubtAll(): void
}

export interface OrganizationIssuersOptions {
  readonly organizationPolicyRepository: string
  /** Lower-case owners, or `*`, whose list must exist (`STS_ISSUER_LIST_REQUIRED`). */
  readonly requiredFor: ReadonlySet<string>
  /** How long a list, or its absence, is used without asking, in milliseconds. */
  readonly freshForMs: number
  /** Lets lists name issuers on loopback hosts, for development. */
  readonly allowLoopback: boolean
  /** Told of every read what was known before it. Must neither throw nor wait. */
  readonly onLookup?: ((result: CacheResult) => void) | undefined
  readonly now: () => number
}

export function createOrganizationIssuers(options: OrganizationIssuersOptions): OrganizationIssuers {
  const files: PolicyFiles<IssuerList> = createPolicyFiles({
    parse: (bytes) => readIssuerList(bytes, { allowLoopback: options.allowLoopback }),
    sizeOf: (_, bytes) => 16 * bytes.length,
    freshForMs: options.freshForMs,
    absentFreshForMs: options.freshForMs,
    // Whatever keeps GitHub from answering, a list that was in force stays so. A caller who leaves says nothing.
    mayUseLastState: ({ code }) => code !== 'DEADLINE_EXCEEDED',
    onLookup: options.onLookup,
    now: options.now,
  })
  const place = (owner: string) => ({
    owner,
    repository: options.organizationPolicyRepository,
    path: ISSUER_LIST_PATH,
  })
  const isRequired = (owner: string): boolean =>
    options.requiredFor.has('*') || options.requiredFor.has(owner.toLowerCase())

  /** By owner. */
  const failures = new LRUCache<string, ListFailure>({ max: FAILURES_MAX })

  async function read(
    owner: string,
    reader: FileReader,
    signal: AbortSignal,
  ): Promise<FileAnswer<IssuerList>> {
    const key = owner.toLowerCase()
    const failed = failures.get(key)
    if (failed?.accountId === reader.accountId && options.now() < failed.until) throw failed.error
    try {
      return await files.read(place(owner), reader, { signal, isGuess: false })
    } catch (thrown) {
      const error = toStsError(thrown)
      // A caller who leaves says nothing.
      if (!signal.aborted && error.code !== 'DEADLINE_EXCEEDED') {
        const until = options.now() + failurePauseOf(error)
        failures.set(key, { accountId: reader.accountId, error, until })
      }
      throw error
    }
  }

  return {
    async decide(owner, issuer, reader, signal) {
      const answer = await read(owner, reader, signal)
      const list = listIn(answer)
      const stale = answer.failure !== undefined
      if (list !== undefined) {
        const mode = list.mode
        return { source: 'present', mode, allowed: permitsIssuer(list, issuer), stale }
      }
      if (isRequired(owner))
        throw new StsError('issuer_list_required', { detail: { found: answer.state.kind } })
      // Not being able to see the repository may mean that there is none, or that the App was not let in:
      // neither can be told from outside, so only a fresh answer counts.
      if (answer.state.kind === 'unreadable' && answer.failure !== undefined) throw answer.failure
      return { source: answer.state.kind === 'unreadable' ? 'unreadable' : 'absent', allowed: true, stale }
    },
    vouchFor(owner) {
      files.vouchFor(place(owner))
    },
    expire(owner, repository) {
      failures.delete(owner.toLowerCase())
      files.expire(owner, repository)
    },
    doubtAll() {
      failures.clear()
      files.doubtAll()
    },
  }
}

/** Why a list could not be read of which nothing is known. */
interface ListFailure {
  readonly accountId: number
  readonly error: StsError
  /** Milliseconds since the epoch. */
  readonly until: number
}

/** The list in force: that of the file, or the last valid one when the file has been broken since. */
function listIn({ state }: FileAnswer<IssuerList>): IssuerList | undefined {
  if (state.kind === 'present') return state.value
  if (state.kind !== 'invalid') return undefined
  if (state.lastPresent !== undefined) return state.lastPresent
  throw new StsError('issuer_list_invalid', { detail: findingOf(state.problem) })
}

/** Ends the exchange when the organization enforces a list that does not have the issuer. */
export function admitByOrganization(decision: IssuerListDecision, issuer: string): void {
  if (decision.allowed || decision.mode === 'audit') return
  throw new StsError('issuer_not_on_organization_list', { detail: { issuer: quote(issuer) } })
}
