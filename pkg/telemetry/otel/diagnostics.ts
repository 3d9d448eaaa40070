import type { DiagLogger } from '@opentelemetry/api'
import type { Logger } from '../logger.ts'

/** Trouble of one kind is told once in so long. */
export const DIAGNOSTIC_PAUSE_MS = 3_600_000

/** So many different complaints are told in that time, as from wrong settings there can be several at once. */
const COMPLAINTS_MAX = 5

/** A complaint is cut here: OpenTelemetry writes whole stacks. */
const COMPLAINT_MAX_CHARACTERS = 300

/** What OpenTelemetry has to say of itself, on its way to the log. */
export interface Diagnostics {
  /** For `diag` of OpenTelemetry's API. */
  readonly logger: DiagLogger
  /** For what could not be sent; OpenTelemetry's global error handler. */
  readonly exportFailed: (thrown: unknown) => void
}

/**
 * Few lines, whatever happens: a receiver that is not there would make several for each batch.
 *
 * @param now - milliseconds since the epoch.
 */
export function createDiagnostics(logger: Logger, now: () => number): Diagnostics {
  let failureToldAt = -Infinity
  let failuresUntold = 0
  let complaintsSince = -Infinity
  const complaints = new Set<string>()

  function complain(message: string): void {
    // After a failure OpenTelemetry complains of what follows from it: full queues, time-outs.
    if (now() - failureToldAt < DIAGNOSTIC_PAUSE_MS) return
    if (now() - complaintsSince >= DIAGNOSTIC_PAUSE_MS) {
      complaints.clear()
      complaintsSince = now()
    }
    const complaint = message.slice(0, COMPLAINT_MAX_CHARACTERS)
    const kind = complaint.replaceAll(/[0-9]+/g, '0')
    if (complaints.has(kind) || complaints.size >= COMPLAINTS_MAX) return
    complaints.add(kind)
    logger.warn({ complaint }, 'OpenTelemetry complains')
  }
  const ignore = (): void => undefined

  return {
    logger: { error: complain, warn: complain, info: ignore, debug: ignore, verbose: ignore },
    exportFailed(thrown) {
      if (now() - failureToldAt < DIAGNOSTIC_PAUSE_MS) {
        failuresUntold += 1
        return
      }
      failureToldAt = now()
      logger.warn({ failure: failureOf(thrown), untold: failuresUntold }, 'telemetry could not be sent')
      failuresUntold = 0
    },
  }
}

/** What kind of failure, and no more: messages of exporters repeat what a receiver answers, which may be what it was sent. */
function failureOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'not an error'
  const { code: found } = 'code' in thrown ? thrown : { code: undefined }
  const code = typeof found === 'string' || typeof found === 'number' ? ` (${found})` : ''
  return `${thrown.name}${code}`.slice(0, COMPLAINT_MAX_CHARACTERS)
}
