import type { Variable } from './variable.ts'

/** One thing wrong with the configuration. Safe to print: secrets are not in it. */
export interface ConfigError {
  /** The name of the variable, or several, comma-separated, when they contradict each other. */
  readonly variable: string
  /** Where in the file that the variable names. */
  readonly place?: string
  /** What it holds, quoted; `not set`, or only its length when it is a secret. */
  readonly holds: string
  /** What is wrong, where the value alone does not show it. */
  readonly problem?: string
  /** What is allowed. */
  readonly allowed: string
}

/** A value is quoted up to this length. */
const QUOTED_MAX_LENGTH = 128

/** A key or token in the wrong variable is common: one is recognised and not quoted. */
const LOOKS_SECRET = /-----BEGIN|PRIVATE KEY|gh[a-z]_|github_pat_|eyJ|:\/\/\S*@|[A-Za-z0-9+/]{48}/

/** What `text` is in a message: quoted and cut, or only its length when it is, or looks like, a secret. */
export function describeValue(text: string | undefined, variable: Variable): string {
  return text === undefined ? 'not set' : describeText(text, variable.secret === true)
}

/** As {@link describeValue}, of a text that is the value of no variable. */
export function describeText(text: string, isSecret = false): string {
  if (text === '') return 'the empty string'
  if (isSecret || LOOKS_SECRET.test(text)) return `(${text.length} characters, not shown)`
  const isCut = text.length > QUOTED_MAX_LENGTH
  const quoted = toAscii(JSON.stringify(isCut ? text.slice(0, QUOTED_MAX_LENGTH) : text))
  return isCut ? `${quoted}... (${text.length} characters)` : quoted
}

/** Escapes what a terminal might act on or hide. JSON stays JSON. */
function toAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** All `errors` as plain text for standard error, one paragraph each, ending in a newline. */
export function renderConfigErrors(errors: readonly ConfigError[]): string {
  const title = errors.length === 1 ? '1 configuration error' : `${errors.length} configuration errors`
  return [`${title}:`, ...errors.map(renderConfigError)].join('\n\n') + '\n'
}

function renderConfigError({ variable, place, holds, problem, allowed }: ConfigError): string {
  const lines = [`  ${variable}`]
  if (place !== undefined) lines.push(`    place:    ${place}`)
  lines.push(`    holds:    ${holds}`)
  if (problem !== undefined) lines.push(`    problem:  ${toAscii(problem)}`)
  return [...lines, `    allowed:  ${allowed}`].join('\n')
}
