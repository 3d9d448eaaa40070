import { createLogger, type Logger } from '#pkg/telemetry'

export interface LogLine {
  readonly severity: string
  readonly message: string
}

/** A logger whose lines can be looked at. */
export function captureLog(): { readonly logger: Logger; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as LogLine) }
  return { logger: createLogger({ level: 'debug', destination }), lines }
}

/** The messages of what is worse than `info`. */
export function warnings(lines: readonly LogLine[]): readonly string[] {
  return lines.filter(({ severity }) => severity !== 'INFO').map(({ message }) => message)
}
