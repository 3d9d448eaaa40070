import { createLogger, type Logger } from '#pkg/telemetry'

/** A log, and the lines that it has so far. */
export interface CapturedLog {
  readonly logger: Logger
  readonly lines: readonly Readonly<Record<string, unknown>>[]
  readonly messages: () => readonly unknown[]
}

export function captureLog(now: () => number = Date.now): CapturedLog {
  const lines: Readonly<Record<string, unknown>>[] = []
  const destination = {
    write: (line: string) => void lines.push(JSON.parse(line) as Readonly<Record<string, unknown>>),
  }
  return {
    logger: createLogger({ level: 'info', destination, now }),
    lines,
    messages: () => lines.map((line) => line['message']),
  }
}
