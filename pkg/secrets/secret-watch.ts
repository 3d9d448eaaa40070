import { setTimeout } from 'node:timers/promises'
import { toStsError } from '#pkg/errors'
import { mapConcurrently } from '#pkg/store'
import type { Logger } from '#pkg/telemetry'
import type { SecretSource } from './secret-source.ts'

/** A new version of a secret is in use after this time at the latest. */
const REREAD_MS = 10 * 60_000

/** Readings under way. */
const CONCURRENT_MAX = 4

/** Secrets that follow what their manager has. */
export interface SecretWatch {
  /** As last read, in the order of the names. */
  readonly values: readonly Buffer[]
  /** Reads no more; what is under way is given up. */
  close(): Promise<void>
}

export interface SecretWatchOptions {
  readonly source: SecretSource
  readonly names: readonly string[]
  /** Ends the first reading. */
  readonly signal: AbortSignal
  /** Milliseconds from the end of one reading to the next. Default: 10 minutes. */
  readonly everyMs?: number | undefined
  /** Called with all values when at least one has changed. */
  readonly onChange: (values: readonly Buffer[]) => void
  readonly logger: Logger
  /** Default: waits, and does not keep the process alive. */
  readonly pause?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined
}

/**
 * Reads the secrets, and reads them again from time to time, because nobody tells when one is rotated. A secret that cannot
 * be read again keeps its last value, with a warning.
 *
 * @throws StsError `secret_unavailable` when one cannot be read the first time; what `signal` aborts with.
 */
export async function watchSecrets(options: SecretWatchOptions): Promise<SecretWatch> {
  const { source, names, signal, everyMs = REREAD_MS, onChange, logger, pause = wait } = options
  let values: readonly Buffer[] = await mapConcurrently(names, CONCURRENT_MAX, (name) =>
    source.read(name, { signal }),
  )
  const closing = new AbortController()

  async function readAgain(): Promise<void> {
    const known = values
    const read = await mapConcurrently([...names.entries()], CONCURRENT_MAX, async ([index, name]) => {
      try {
        return await source.read(name, { signal: closing.signal })
      } catch (thrown) {
        closing.signal.throwIfAborted()
        logger.warn({ err: toStsError(thrown), secret: name }, 'a secret could not be read again')
        return known[index] ?? Buffer.alloc(0)
      }
    })
    if (read.every((value, index) => known[index]?.equals(value))) return
    values = read
    logger.info({ secrets: names.length }, 'a secret has changed')
    onChange(values)
  }

  async function follow(): Promise<void> {
    while (!closing.signal.aborted) {
      await pause(everyMs, closing.signal)
      await readAgain()
    }
  }

  const following = follow().catch((thrown: unknown) => {
    if (!closing.signal.aborted) logger.error({ err: toStsError(thrown) }, 'secrets are no longer read')
  })
  return {
    get values() {
      return values
    },
    async close() {
      closing.abort()
      await following
    },
  }
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal, ref: false })
}
