import { StsError, toStsError, type ErrorDetail } from '#pkg/errors'
import type { ReadResult, Diagnostic } from '#pkg/policy'
import { createSegmentedCache, createSingleFlight } from '#pkg/store'
import type { CacheResult } from '#pkg/telemetry'
import { createExpiries } from './expiries.ts'

/** A file on the default branch of a repository. */
export interface FilePlace {
  readonly owner: string
  readonly repository: string
  readonly path: string
}

/** What GitHub said about a file. */
export type FileReading =
  | {
      readonly kind: 'found'
      readonly bytes: Uint8Array
      readonly blob: string
      readonly etag: string | undefined
    }
  | { readonly kind: 'not_modified' }
  | { readonly kind: 'absent' }
  /** The App cannot see the repository, or there is none. */
  | { readonly kind: 'unreadable' }
  /** There is something at the path that is not a file of at most 32 KiB. */
  | { readonly kind: 'unusable'; readonly problem: string }

/** What is known about a file: its parsed value, why it has none, or that it is not there. */
export type FileState<T> =
  | { readonly kind: 'present'; readonly value: T; readonly blob: string }
  | {
      readonly kind: 'invalid'
      /** The first error in it. */
      readonly problem: Diagnostic | undefined
      readonly blob: string
      /** The newest valid value that this process has seen of the file. */
      readonly lastPresent: T | undefined
    }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable' }

export interface FileAnswer<T> {
  readonly state: FileState<T>
  /** Why GitHub could not be asked just now; the state is then the last one known. */
  readonly failure?: StsError | undefined
}

/** Remembers parsed files, so that a warm exchange neither asks for one nor parses one. */
export interface PolicyFiles<T> {
  /**
   * The file's state, from memory while it is fresh, else as GitHub confirms it. When GitHub cannot be
   * asked (rate limited, down) the last state is given for up to an hour, together with the failure;
   * without one the failure is thrown. A failure is never remembered as an absence.
   */
  read(place: FilePlace, reader: FileReader, options: FileReadOptions): Promise<FileAnswer<T>>
  /**
   * Whether a `read` would ask GitHub for something that may well not be there: it is not known, or as absent, and nobody
   * else is asking for it.
   */
  isGuess(place: FilePlace, accountId: number): boolean
  /** Keeps the file in memory in preference to files that never served a grant. */
  vouchFor(place: FilePlace): void
  /**
   * What is known of a repository's files, or of all of an owner's, is out of date: GitHub is asked before any of it
   * is used again, and while it cannot be asked there is no last state.
   */
  expire(owner: string, repository?: string): void
  /** Something may have changed: GitHub is asked about each file before it is used again. */
  doubtAll(): void
}

export interface FileReadOptions {
  readonly signal: AbortSignal
  /** The caller may have made up the file, and the repository. */
  readonly isGuess: boolean
}

/** Asks GitHub for files of one account. */
export interface FileReader {
  /**
   * The id of the account that the names of places stand for now. A name can pass to someone else; what was
   * read of its former holder then counts for nothing.
   */
  readonly accountId: number
  /** Conditionally when an ETag is given. */
  read(place: FilePlace, etag: string | undefined, options: FileReadOptions): Promise<FileReading>
  /** The paths of what is in a folder; undefined when not all of it is known. */
  list(folder: FilePlace, signal: AbortSignal): Promise<ReadonlySet<string> | undefined>
}

export interface PolicyFilesOptions<T> {
  readonly parse: (bytes: Uint8Array) => ReadResult<T>
  /** What a parsed value keeps in memory, in bytes. */
  readonly sizeOf: (value: T, bytes: Uint8Array) => number
  /** How long a file that was found is used without asking, in milliseconds. */
  readonly freshForMs: number
  /** The same for one that is absent. */
  readonly absentFreshForMs: number
  /** Whether the last state stands in for an answer that ended in `failure`. */
  readonly mayUseLastState: (failure: StsError) => boolean
  /** Told of every read what was known before it. Must neither throw nor wait. */
  readonly onLookup?: ((result: CacheResult) => void) | undefined
  readonly now: () => number
}

/** The last good state is used for this long after GitHub last confirmed it, whatever asks for it. */
const STALE_FOR_MS = 3_600_000
/** After a failure GitHub is left alone for this long, or for as long as it said. */
const FAILURE_PAUSE_MS = 2_000
const FAILURE_PAUSE_MAX_MS = 60_000
/** Files that served a grant. */
const CACHE_MAX_ENTRIES = 20_000
const CACHE_MAX_BYTES = 96 * 1024 * 1024
/** The part of that for all others: any stranger can have a file. */
const CACHE_PROBATION = 1 / 6
const ENTRY_OVERHEAD_BYTES = 1_024

interface Answered<T> {
  readonly accountId: number
  state: FileState<T>
  etag: string | undefined
  bytes: number
  /** When GitHub last confirmed the state. */
  confirmedAt: number
  /** When GitHub may be asked again. */
  askAt: number
  failure: StsError | undefined
}

interface Entry<T> extends Answered<T> {
  /** What was expired up to here, and how often all was doubted, is in `confirmedAt` and `askAt`. */
  moment: number
  doubts: number
}

export function createPolicyFiles<T>(options: PolicyFilesOptions<T>): PolicyFiles<T> {
  const { now, freshForMs, absentFreshForMs } = options
  const cache = createSegmentedCache<Entry<T>>({
    maxEntries: CACHE_MAX_ENTRIES,
    maxBytes: CACHE_MAX_BYTES,
    probation: CACHE_PROBATION,
  })
  const flights = createSingleFlight<Entry<T>>()
  const expiries = createExpiries()
  /** How often everything was doubted. */
  let doubts = 0

  async function refresh(
    key: string,
    place: FilePlace,
    reader: FileReader,
    read: FileReadOptions,
  ): Promise<Entry<T>> {
    const known = knownOf(key, place, reader)
    // An answer that was asked for before a notice may be from before it, too.
    const asked = { moment: expiries.moment(), doubts }
    try {
      const reading = await reader.read(place, known?.etag, read)
      const entry = { ...advance(known, reading, reader.accountId), ...asked }
      cache.set(key, entry, entry.bytes)
      return entry
    } catch (thrown) {
      const failure = toStsError(thrown)
      if (known === undefined || !options.mayUseLastState(failure)) throw failure
      known.failure = failure
      known.askAt = now() + failurePauseOf(failure)
      return known
    }
  }

  function knownOf(
    key: string,
    { owner, repository }: FilePlace,
    { accountId }: Pick<FileReader, 'accountId'>,
  ): Entry<T> | undefined {
    const known = cache.get(key)
    if (known?.accountId !== accountId) return undefined
    const isExpired = expiries.isExpired(owner, repository, known.moment)
    if (isExpired) known.confirmedAt = Number.NEGATIVE_INFINITY
    if (isExpired || known.doubts !== doubts) known.askAt = Number.NEGATIVE_INFINITY
    known.moment = expiries.moment()
    known.doubts = doubts
    return known
  }

  function advance(known: Entry<T> | undefined, reading: FileReading, accountId: number): Answered<T> {
    const confirmedAt = now()
    if (reading.kind === 'not_modified') {
      if (known?.etag === undefined)
        throw new StsError('github_answer_malformed', { detail: { status: 304 } })
      return { ...known, confirmedAt, askAt: confirmedAt + freshForMs, failure: undefined }
    }
    const state = stateOf(reading, known?.state)
    const isThere = state.kind === 'present' || state.kind === 'invalid'
    return {
      accountId,
      state,
      etag: reading.kind === 'found' ? reading.etag : undefined,
      bytes: bytesOf(state, reading, known),
      confirmedAt,
      askAt: confirmedAt + (isThere ? freshForMs : absentFreshForMs),
      failure: undefined,
    }
  }

  function bytesOf(state: FileState<T>, reading: FileReading, known: Entry<T> | undefined): number {
    if (state.kind === 'present' && reading.kind === 'found') {
      return ENTRY_OVERHEAD_BYTES + options.sizeOf(state.value, reading.bytes)
    }
    const keepsValue = state.kind === 'invalid' && state.lastPresent !== undefined
    return keepsValue && known !== undefined ? known.bytes : ENTRY_OVERHEAD_BYTES
  }

  function stateOf(
    reading: Exclude<FileReading, { kind: 'not_modified' }>,
    before: FileState<T> | undefined,
  ): FileState<T> {
    const lastPresent =
      before?.kind === 'present' ? before.value : before?.kind === 'invalid' ? before.lastPresent : undefined
    switch (reading.kind) {
      case 'absent':
      case 'unreadable':
        return { kind: reading.kind }
      case 'unusable':
        return {
          kind: 'invalid',
          problem: unusable(reading.problem),
          blob: '',
          lastPresent,
        }
      case 'found': {
        const result = options.parse(reading.bytes)
        return result.ok
          ? { kind: 'present', value: result.value, blob: reading.blob }
          : { kind: 'invalid', problem: firstError(result.diagnostics), blob: reading.blob, lastPresent }
      }
    }
  }

  return {
    async read(place, reader, { signal, isGuess }) {
      const key = keyOf(place)
      const known = knownOf(key, place, reader)
      const isFresh = known !== undefined && now() < known.askAt
      options.onLookup?.(known === undefined ? 'miss' : isFresh ? resultOf(known.state) : 'stale')
      const entry = isFresh
        ? known
        : await flights.run(flightOf(key, reader.accountId), signal, (shared) =>
            refresh(key, place, reader, { signal: shared, isGuess }),
          )
      if (entry.failure !== undefined && now() >= entry.confirmedAt + STALE_FOR_MS) throw entry.failure
      return { state: entry.state, failure: entry.failure }
    },
    isGuess(place, accountId) {
      const key = keyOf(place)
      const known = knownOf(key, place, { accountId })
      if (flights.has(flightOf(key, accountId))) return false
      return known === undefined || (resultOf(known.state) === 'negative' && now() >= known.askAt)
    },
    vouchFor(place) {
      cache.protect(keyOf(place))
    },
    expire(owner, repository) {
      expiries.expire(owner, repository)
    },
    doubtAll() {
      doubts += 1
    },
  }
}

function resultOf({ kind }: FileState<unknown>): CacheResult {
  return kind === 'absent' || kind === 'unreadable' ? 'negative' : 'hit'
}

/** Whether GitHub could not be asked, as opposed to having answered. */
export function isOutage({ code }: StsError): boolean {
  return code === 'RATE_LIMITED' || code === 'UPSTREAM_UNAVAILABLE'
}

/** Milliseconds for which GitHub is left alone after `failure`. */
export function failurePauseOf({ retryAfterMs }: StsError): number {
  return Math.min(retryAfterMs ?? FAILURE_PAUSE_MS, FAILURE_PAUSE_MAX_MS)
}

/** A finding as the detail of an error. */
export function findingOf(finding: Diagnostic | undefined): ErrorDetail {
  return {
    finding: finding?.code,
    problem: finding?.message,
    line: finding?.line,
    column: finding?.column,
  }
}

/** The error to show for all: a misspelt field first, because others follow from it. */
function firstError(diagnostics: readonly Diagnostic[]): Diagnostic | undefined {
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  return errors.find(({ code }) => code === 'unknown_field') ?? errors[0]
}

function unusable(problem: string): Diagnostic {
  return {
    severity: 'error',
    code: 'unusable_file',
    message: `not a file to read: ${problem}`,
    line: 1,
    column: 1,
  }
}

function flightOf(key: string, accountId: number): string {
  return `${accountId} ${key}`
}

/** Owners and repositories compare case-insensitively, paths do not. */
function keyOf({ owner, repository, path }: FilePlace): string {
  return `${owner}/${repository}/`.toLowerCase() + path
}
