import { pino } from 'pino'
import { toLoggable, type Loggable } from './loggable.ts'
import { redact } from './redact.ts'

/** Facts of a log line beside its message. Errors go under `err`. */
export type LogFields = Readonly<Record<string, unknown>>

/** Writes one line. Never throws because of what is logged. */
export type Log = (fields: LogFields, message: string) => void

/** What the other areas know of logging. */
export interface Logger {
  readonly debug: Log
  readonly info: Log
  readonly warn: Log
  readonly error: Log
  /** At `info`, but written at every level but `silent`: who got what is no matter of verbosity. */
  readonly record: Log
}

/** The least severe level that is written; `silent` writes nothing. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

export interface LoggerOptions {
  readonly level: LogLevel
  /** Takes each line with its newline, as JSON. Default: standard output, written at once. */
  readonly destination?: { readonly write: (line: string) => void }
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number
}

/**
 * The names of Google's LogSeverity, which Cloud Logging reads from `severity`.
 * https://docs.cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#LogSeverity
 */
const SEVERITIES: ReadonlyMap<string, string> = new Map([
  ['debug', 'DEBUG'],
  ['info', 'INFO'],
  ['warn', 'WARNING'],
  ['error', 'ERROR'],
])

/** Names that the logger itself gives to every line; a field of that name gets a `_` behind it. */
const RESERVED_NAMES: ReadonlySet<string> = new Set(['severity', 'time', 'message'])

/**
 * Errors are plain before pino sees them. Without a prototype, because pino calls whatever it finds under
 * the name of a field, and a field may be called `constructor`.
 */
const PLAIN_SERIALIZERS = Object.freeze(
  Object.assign(Object.create(null) as Record<string, (value: unknown) => unknown>, {
    err: (value: unknown) => value,
  }),
)

/**
 * A logger of JSON lines: `severity`, `time` (RFC 3339 in UTC), the fields, `message`. Every string, at any
 * depth, is redacted and cut ({@link redact}, {@link toLoggable}) before it reaches the destination.
 */
export function createLogger(options: LoggerOptions): Logger {
  const now = options.now ?? Date.now
  const lines = pino(
    {
      level: options.level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
      formatters: { level: (label) => ({ severity: SEVERITIES.get(label) ?? 'DEFAULT' }) },
      serializers: PLAIN_SERIALIZERS,
    },
    options.destination ?? pino.destination({ fd: 1, sync: true }),
  )
  const records = lines.child({}, { level: options.level === 'silent' ? 'silent' : 'info' })
  const logAt =
    (level: Exclude<LogLevel, 'silent'>, to = lines): Log =>
    (fields, message) => {
      if (to.isLevelEnabled(level)) to[level](withoutReservedNames(toLoggable(fields)), redact(message))
    }
  return {
    debug: logAt('debug'),
    info: logAt('info'),
    warn: logAt('warn'),
    error: logAt('error'),
    record: logAt('info', records),
  }
}

function withoutReservedNames(
  fields: Readonly<Record<string, Loggable>>,
): Readonly<Record<string, Loggable>> {
  const entries = Object.entries(fields)
  if (!entries.some(([name]) => RESERVED_NAMES.has(name))) return fields
  return Object.fromEntries(
    entries.map(([name, value]) => [RESERVED_NAMES.has(name) ? `${name}_` : name, value]),
  )
}
