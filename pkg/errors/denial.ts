import { MESSAGES, type ErrorCode } from './code.ts'

/** What the caller is told: nothing but these fields ever leaves the service. */
export interface Denial {
  readonly code: ErrorCode
  readonly message: string
  /** Goes into ErrorInfo metadata beside the request id; empty for all codes but POLICY_MISMATCH. */
  readonly metadata: Readonly<Record<string, string>>
  readonly retryAfterMs?: number | undefined
}

/** The facts of a mismatch that its caller may see. */
export interface Mismatch {
  /** The policy field that failed: `subject`, `claim_pattern.workflow`, ... */
  readonly field: string
  /** The caller's own value of it; undefined when the token has none. */
  readonly actual?: string | undefined
  /** What the policy wants; given only to callers who belong to the owner of the target. */
  readonly expected?: string | undefined
}

/** Values quoted from a caller or a policy are cut here, in code points (an answer stays below 4,096 bytes). */
export const QUOTED_VALUE_MAX_CHARACTERS = 128

/** The denial of a code with its constant message. */
export function denialOf(code: ErrorCode, retryAfterMs?: number): Denial {
  return { code, message: MESSAGES[code], metadata: {}, retryAfterMs }
}

/** POLICY_MISMATCH: a fixed template around the field and the caller's own value of it. */
export function mismatchDenial(mismatch: Mismatch): Denial {
  const metadata: Record<string, string> = { field: mismatch.field }
  let message: string = `${MESSAGES.POLICY_MISMATCH}: ${mismatch.field}`
  if (mismatch.actual === undefined) {
    message += ' is not in the token'
  } else {
    metadata['actual'] = quote(mismatch.actual)
    message += ` is ${JSON.stringify(metadata['actual'])}`
  }
  if (mismatch.expected !== undefined) {
    metadata['expected'] = quote(mismatch.expected)
    message += `, the policy expects ${JSON.stringify(metadata['expected'])}`
  }
  return { code: 'POLICY_MISMATCH', message, metadata }
}

/** `value` cut to the longest that is ever quoted; a cut shows as an ellipsis. */
export function quote(value: string): string {
  if (value.length <= QUOTED_VALUE_MAX_CHARACTERS) return value
  const points = Array.from(value.slice(0, 2 * (QUOTED_VALUE_MAX_CHARACTERS + 1)))
  if (points.length <= QUOTED_VALUE_MAX_CHARACTERS) return value
  return `${points.slice(0, QUOTED_VALUE_MAX_CHARACTERS - 1).join('')}…`
}
