import type { Position } from './document/diagnostic.ts'
import type { Findings } from './document/findings.ts'
import { isRepositoryName, parseScope } from './names.ts'
import { quoted } from './document/quotation.ts'
import { readNonEmptyText, readText } from './document/text-value.ts'
import { describeNode, type YamlNode } from './document/yaml-node.ts'

/** The most repositories that one installation token can be narrowed to (GitHub: create an installation access token). */
export const REPOSITORIES_MAX = 500

/** The longest `max_token_lifetime`, in seconds. */
export const TOKEN_LIFETIME_MAX_SECONDS = 2 ** 31 - 1

/** One claim with its pattern. */
export interface ClaimPattern {
  readonly claim: string
  readonly pattern: string
  readonly position: Position
}

/** Reads a map of claims to patterns. An empty pattern matches the empty value. */
export function readClaimPatterns(
  node: YamlNode,
  field: string,
  findings: Findings,
): ClaimPattern[] | undefined {
  if (node.kind !== 'map') {
    const message = `${quoted(field)} must be a map of claims to patterns, not ${describeNode(node)}`
    findings.error('wrong_type', message, node.position)
    return undefined
  }
  return node.entries.flatMap(({ key, value }) => {
    const pattern = readText(value, `${field}.${key.text}`, findings)
    return pattern === undefined ? [] : [{ claim: key.text, pattern, position: value.position }]
  })
}

/**
 * Reads a list of bare repository names. An empty list is an error: GitHub reads it as all repositories. Names that
 * are there twice, in any case, are dropped with a warning.
 */
export function readRepositories(node: YamlNode, findings: Findings): string[] | undefined {
  if (node.kind !== 'list') {
    const message = `"repositories" must be a list of names, not ${describeNode(node)}`
    findings.error('wrong_type', message, node.position)
    return undefined
  }
  if (node.items.length === 0) {
    const message = '"repositories" must not be empty: leave it out for all repositories of the installation'
    findings.error('repositories_empty', message, node.position)
    return undefined
  }
  const names = new Map<string, string>()
  for (const item of node.items) {
    const name = readText(item, 'repositories', findings)
    if (name === undefined) continue
    if (!isRepositoryName(name)) {
      const message = `${quoted(name)} is not the name of a repository: write it without its owner`
      findings.error('repository_name', message, item.position)
    } else if (names.has(name.toLowerCase())) {
      findings.warn('duplicate_repository', `${quoted(name)} is listed twice`, item.position)
    } else {
      names.set(name.toLowerCase(), name)
    }
  }
  if (names.size > REPOSITORIES_MAX) {
    findings.error('too_many_repositories', `more than ${REPOSITORIES_MAX} repositories`, node.position)
  }
  return [...names.values()]
}

/** Reads `owner/repository`. */
export function readOrigin(node: YamlNode, findings: Findings): string | undefined {
  const origin = readNonEmptyText(node, 'origin', findings)
  if (origin === undefined || parseScope(origin)?.repository !== undefined) return origin
  findings.error('origin_syntax', '"origin" must be owner/repository', node.position)
  return undefined
}

/** Reads a plain decimal integer: no quotes, sign, prefix, underscore or fraction. */
export function readLifetime(node: YamlNode, findings: Findings): number | undefined {
  if (node.kind === 'scalar' && node.plain && /^[1-9][0-9]{0,9}$/.test(node.text)) {
    const seconds = Number(node.text)
    if (seconds <= TOKEN_LIFETIME_MAX_SECONDS) return seconds
  }
  const message = `"max_token_lifetime" must be a plain integer of 1 to ${TOKEN_LIFETIME_MAX_SECONDS} seconds`
  findings.error('lifetime_range', message, node.position)
  return undefined
}
