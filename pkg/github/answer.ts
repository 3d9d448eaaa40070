import { StsError } from '#pkg/errors'
import type { Operation } from './call-event.ts'
import type { GitHubAnswer } from './github-client.ts'

/** A JSON object whose members are not yet judged. */
export type JsonObject = Readonly<Record<string, unknown>>

/**
 * The JSON in the body of an answer.
 *
 * @throws StsError `github_answer_malformed`
 */
export function readJson(answer: GitHubAnswer, operation: Operation): unknown {
  try {
    return JSON.parse(answer.body.toString('utf8'))
  } catch {
    // The cause is left out on purpose: it quotes the body.
    throw malformed(operation, 'the body is not JSON')
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether `value` can be the id or the number of something. */
export function isPositiveInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}

/** RFC 3339 as GitHub writes it, with or without a fraction. */
const TIME_FORM = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/

/** A time of GitHub's in milliseconds since the epoch, or undefined when `value` is none. */
export function readTime(value: unknown): number | undefined {
  if (typeof value !== 'string' || !TIME_FORM.test(value)) return undefined
  const time = Date.parse(value)
  return Number.isNaN(time) ? undefined : time
}

/** A map from names to strings without a prototype, or undefined when `value` is no such thing. */
export function readStringMap(value: unknown): Readonly<Record<string, string>> | undefined {
  if (!isJsonObject(value)) return undefined
  const map = Object.create(null) as Record<string, string>
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== 'string') return undefined
    map[name] = text
  }
  return map
}

/** An answer that GitHub's documentation does not know. */
export function malformed(operation: Operation, problem: string): StsError {
  return new StsError('github_answer_malformed', { detail: { operation, problem } })
}

/** An answer whose status is a refusal that the caller of `operation` has no use for. */
export function refused(operation: Operation, answer: GitHubAnswer): StsError {
  return new StsError('github_refused', { detail: { operation, status: answer.status } })
}
