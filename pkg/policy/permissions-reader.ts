import type { Findings } from './document/findings.ts'
import { findNearMiss } from './document/near-miss.ts'
import { isBeyondRepositories, PERMISSION_CATALOGUE_DATE, PERMISSIONS } from './permission-catalogue.ts'
import { quoted } from './document/quotation.ts'
import { readText } from './document/text-value.ts'
import type { PermissionLevel } from './trust-policy.ts'
import { describeNode, type YamlNode, type YamlScalar } from './document/yaml-node.ts'

export interface PermissionOptions {
  /** Whether permissions on the organization or the enterprise may be granted. */
  readonly allowBeyondRepositories: boolean
}

const LEVELS: readonly PermissionLevel[] = ['read', 'write', 'admin']

/** A name that GitHub could come up with: such a one is passed on, so that it needs no release here. */
const WELL_FORMED = /^[a-z][a-z0-9_]*$/

/**
 * Reads the permissions of a policy, names as in the file. An empty map is an error: GitHub reads it as
 * everything that the App has.
 */
export function readPermissions(
  node: YamlNode,
  options: PermissionOptions,
  findings: Findings,
): Readonly<Record<string, PermissionLevel>> | undefined {
  if (node.kind !== 'map') {
    const message = `"permissions" must be a map of names to levels, not ${describeNode(node)}`
    findings.error('wrong_type', message, node.position)
    return undefined
  }
  if (node.entries.length === 0) {
    findings.error('permissions_empty', 'at least one permission must be granted', node.position)
    return undefined
  }
  const permissions: [string, PermissionLevel][] = []
  for (const { key, value } of node.entries) {
    checkName(key, options, findings)
    const level = readLevel(key.text, value, findings)
    if (level !== undefined) permissions.push([key.text, level])
  }
  return Object.fromEntries(permissions)
}

function checkName(key: YamlScalar, options: PermissionOptions, findings: Findings): void {
  const name = key.text
  if (!PERMISSIONS.has(name)) {
    const meant = findNearMiss(name, PERMISSIONS.keys())
    if (meant !== undefined || !WELL_FORMED.test(name)) {
      const hint = meant === undefined ? '' : `: did you mean ${quoted(meant)}?`
      findings.error('unknown_permission', `${quoted(name)} is not a permission${hint}`, key.position)
      return
    }
    const message = `${quoted(name)} was not a permission on ${PERMISSION_CATALOGUE_DATE}; it is passed on`
    findings.warn('uncatalogued_permission', message, key.position)
  }
  if (isBeyondRepositories(name) && !options.allowBeyondRepositories) {
    const message = `a policy of a repository must not grant ${quoted(name)}, which GitHub does not narrow to it`
    findings.error('organization_permission', message, key.position)
  }
}

function readLevel(name: string, node: YamlNode, findings: Findings): PermissionLevel | undefined {
  const text = readText(node, `permissions.${name}`, findings)
  if (text === undefined) return undefined
  const allowed = PERMISSIONS.get(name)?.levels ?? LEVELS
  const level = LEVELS.find((it) => it === text)
  if (level !== undefined && allowed.includes(level)) return level
  const message = `${quoted(text)} is not a level of ${quoted(name)}: ${allowed.join(', ')}`
  findings.error('permission_level', message, node.position)
  return undefined
}
