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
