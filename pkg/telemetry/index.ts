export {
  createLogger,
  type Log,
  type LogFields,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from './logger.ts'
export { LOGGED_STRING_MAX_LENGTH, REDACTED, redact } from './redact.ts'
