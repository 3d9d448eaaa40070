import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { readTrustPolicy, type TrustPolicyOptions } from '#pkg/policy'
import { PERMISSION_CATALOGUE_DATE, PERMISSIONS } from '../../pkg/policy/permission-catalogue.ts'
import { showFinding } from './support/documents.ts'

function read(permissions: string, options: Partial<TrustPolicyOptions> = {}) {
  const text = `issuer: a\nsubject: b\npermissions: ${permissions}\n`
  return readTrustPolicy(text, { level: 'repository', ...options })
}

function findingsOf(permissions: string, options: Partial<TrustPolicyOptions> = {}): readonly string[] {
  return read(permissions, options).diagnostics.map(showFinding)
}

interface PermissionSchema {
  readonly enum: readonly string[]
  readonly description: string
}

/** The schema in GitHub's own description of its REST API. */
function readGitHubSchema(): Readonly<Record<string, PermissionSchema>> {
  const file = createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json')
  const api = JSON.parse(readFileSync(file, 'utf8')) as {
    components: { schemas: { 'app-permissions': { properties: Record<string, PermissionSchema> } } }
  }
  return api.components.schemas['app-permissions'].properties
}

test('the catalogue has the names and levels of GitHub, all of them and no others', () => {
  const github = Object.entries(readGitHubSchema()).map(([name, schema]) => [name, [...schema.enum]])
  const catalogue = [...PERMISSIONS].map(([name, { levels }]) => [name, [...levels]])
  assert.deepEqual(Object.fromEntries(catalogue), Object.fromEntries(github))
  assert.match(PERMISSION_CATALOGUE_DATE, /^20\d\d-\d\d-\d\d$/)
})

test('the catalogue agrees with the descriptions of GitHub on what acts on an organization', () => {
  for (const [name, { description }] of Object.entries(readGitHubSchema())) {
    const kind = PERMISSIONS.get(name)?.kind
    if (/enterprise/.test(name)) assert.equal(kind, 'enterprise', name)
    else if (/organization/.test(name)) assert.equal(kind, 'organization', name)
    else if (/organization/.test(description)) assert.equal(kind, 'organization', name)
    else if (/belonging to a user|a user is/.test(description)) assert.equal(kind, 'account', name)
  }
})

test('takes every permission of GitHub at each of its levels in a policy of an organization', () => {
  for (const [name, { levels }] of PERMISSIONS) {
    for (const level of ['read', 'write', 'admin'] as const) {
      const expected = levels.includes(level) ? [] : [`3:${17 + name.length} permission_level`]
      assert.deepEqual(
        findingsOf(`{${name}: ${level}}`, { level: 'organization' }),
        expected,
        `${name}: ${level}`,
      )
    }
  }
})

test('refuses permissions beyond repositories in a policy of a repository, unless they are allowed', () => {
  for (const [name, { kind, levels }] of PERMISSIONS) {
    const beyond = kind === 'organization' || kind === 'enterprise'
    const permissions = `{${name}: ${levels[0]}}`
    assert.deepEqual(findingsOf(permissions), beyond ? ['3:15 organization_permission'] : [], name)
    assert.deepEqual(findingsOf(permissions, { allowOrganizationPermissions: true }), [], name)
  }
})

const UNKNOWN: Readonly<Record<string, readonly string[]>> = {
  '{}': ['3:14 permissions_empty'],
  '[]': ['3:14 wrong_type'],
  'read-all': ['3:14 wrong_type'],
  '': ['3:14 wrong_type'],
  '{pull-requests: write}': ['3:15 unknown_permission'],
  '{content: read}': ['3:15 unknown_permission'],
  '{Contents: read}': ['3:15 unknown_permission'],
  '{brand-new: read}': ['3:15 unknown_permission'],
  '{9lives: read}': ['3:15 unknown_permission'],
  '{"": read}': ['3:15 unknown_permission'],
  '{__proto__: read}': ['3:15 unknown_permission'],
  '{null: read}': ['3:15 null_value', '3:14 permissions_empty'],
  '{something_new: read}': ['3:15 uncatalogued_permission'],
  '{something_new: admin}': ['3:15 uncatalogued_permission'],
  '{constructor: read}': ['3:15 uncatalogued_permission'],
  '{something_new: owner}': ['3:15 uncatalogued_permission', '3:30 permission_level'],
  '{organization_new: read}': ['3:15 organization_permission', '3:15 uncatalogued_permission'],
  '{enterprise_new: read}': ['3:15 organization_permission', '3:15 uncatalogued_permission'],
  '{contents: Read}': ['3:25 permission_level'],
  "{contents: ''}": ['3:25 permission_level'],
  '{contents: null}': ['3:25 null_value'],
  '{contents: true}': ['3:25 permission_level'],
  '{contents: yes}': ['3:25 ambiguous_value'],
  '{contents: [read]}': ['3:25 wrong_type'],
}
for (const [permissions, findings] of Object.entries(UNKNOWN)) {
  test(`finds what is wrong with permissions: ${permissions}`, () => {
    assert.deepEqual(findingsOf(permissions).toSorted(), [...findings].toSorted())
  })
}

test('grants an unknown permission that is near nothing, with a warning only', () => {
  const result = read('{something_new: write, contents: read}')
  assert.ok(result.ok)
  assert.deepEqual(result.value.source.permissions, { something_new: 'write', contents: 'read' })
  assert.deepEqual(
    result.diagnostics.map(({ severity }) => severity),
    ['warning'],
  )
})
