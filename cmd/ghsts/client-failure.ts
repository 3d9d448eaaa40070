import type { ClientError } from '#pkg/client'
import type { ExitStatus, Terminal } from './command.ts'
import { toJson } from './terminal/visible-text.ts'
import { UsageError } from './usage-error.ts'

const KIND_TEXT: Readonly<Record<ClientError['kind'], string>> = {
  invalid_input: 'wrong usage',
  unreachable: 'no answer',
  timed_out: 'no answer',
  aborted: 'no answer',
  denied: 'denied',
  unexpected_answer: 'no usable answer',
}

/**
 * Says why there is no result: as an object on standard output where JSON is wanted, else in lines on standard error.
 *
 * @throws UsageError where nothing was sent because of what was typed.
 */
export function reportFailure(error: ClientError, terminal: Terminal, json: boolean): ExitStatus {
  if (error.kind === 'invalid_input') throw new UsageError(error.message)
  if (json) terminal.stdout.write(`${toJson({ error: failureJson(error) })}\n`)
  else
    terminal.stderr.write(
      failureLines(error)
        .map((line) => `ghsts: ${line}\n`)
        .join(''),
    )
  return 1
}

function failureJson({ kind, message, code, httpStatus, metadata, requestId, retryAfterMs }: ClientError) {
  // The request id has a name of its own.
  const { request_id, ...details } = metadata
  return {
    kind,
    code,
    message,
    http_status: httpStatus,
    request_id: requestId ?? request_id,
    retry_after_seconds: retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1000),
    details,
  }
}

function failureLines(error: ClientError): readonly string[] {
  const { kind, code, message, http_status, request_id, retry_after_seconds } = failureJson(error)
  const lines = [[KIND_TEXT[kind], code, message].filter((part) => part !== undefined).join(': ')]
  if (kind === 'denied' && code === undefined) lines.push(`HTTP status ${http_status ?? ''}`)
  if (request_id !== undefined) lines.push(`request id ${request_id}`)
  if (retry_after_seconds !== undefined) lines.push(`try again in ${retry_after_seconds} s`)
  return lines
}
