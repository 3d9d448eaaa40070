import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { parseAllDocuments } from 'yaml'
import { issuerListSchema, trustPolicySchema } from '#pkg/policy'
import { readVectorRows } from './support/vectors.ts'

const SCHEMAS = {
  repository: { file: 'repository-policy', schema: trustPolicySchema('repository') },
  organization: { file: 'organization-policy', schema: trustPolicySchema('organization') },
  'issuer-list': { file: 'issuer-list', schema: issuerListSchema() },
} as const

type Level = keyof typeof SCHEMAS

function compile(level: Level): ValidateFunction {
  return new Ajv2020({
    strict: true,
    allowUnionTypes: true,
    strictRequired: false,
    strictTypes: false,
  }).compile(SCHEMAS[level].schema)
}

const validators: Readonly<Record<Level, ValidateFunction>> = {
  repository: compile('repository'),
  organization: compile('organization'),
  'issuer-list': compile('issuer-list'),
}

for (const { file, schema } of Object.values(SCHEMAS)) {
  test(`schema/${file}.schema.json is what scripts/generate-schema.ts writes`, () => {
    const written: unknown = JSON.parse(
      readFileSync(new URL(`../../schema/${file}.schema.json`, import.meta.url), 'utf8'),
    )
    assert.deepEqual(written, JSON.parse(JSON.stringify(schema)))
  })
}

interface Row {
  readonly id: string
  readonly level: Level
  readonly policy: string
  readonly verdict: 'valid' | 'invalid'
}

const rows = [
  ...readVectorRows('policy-documents.jsonl'),
  ...readVectorRows('issuer-lists.jsonl'),
] as readonly Row[]

for (const { id, level, policy } of rows.filter(({ verdict }) => verdict === 'valid')) {
  test(`the schema takes a valid document: ${id}`, () => {
    const [document] = parseAllDocuments(policy.replace(/^\ufeff/, ''))
    assert.ok(document !== undefined && 'toJS' in document)
    const validate = validators[level]
    assert.ok(validate(document.toJS()), JSON.stringify(validate.errors))
  })
}

const POLICY = { issuer: 'a', subject: 'b', permissions: { contents: 'read' } }

const INVALID: Readonly<Record<string, readonly [level: Level, document: unknown]>> = {
  'no permissions': ['repository', { issuer: 'a', subject: 'b' }],
  'empty permissions': ['repository', { ...POLICY, permissions: {} }],
  'a level that GitHub does not know for it': [
    'repository',
    { ...POLICY, permissions: { contents: 'admin' } },
  ],
  'a hyphen in a permission': ['repository', { ...POLICY, permissions: { 'pull-requests': 'read' } }],
  'a permission on the organization': ['repository', { ...POLICY, permissions: { members: 'read' } }],
  'an unknown permission on the organization': [
    'repository',
    { ...POLICY, permissions: { organization_x: 'read' } },
  ],
  'repositories in a repository': ['repository', { ...POLICY, repositories: ['a'] }],
  'no repositories in a list of them': ['organization', { ...POLICY, repositories: [] }],
  'an owner in a repository': ['organization', { ...POLICY, repositories: ['acme/a'] }],
  'two dots for a repository': ['organization', { ...POLICY, repositories: ['..'] }],
  'two issuers': ['repository', { ...POLICY, issuer_pattern: 'a' }],
  'two audiences': ['repository', { ...POLICY, audience: 'a', audience_pattern: 'a' }],
  'no subject': ['repository', { issuer: 'a', permissions: { contents: 'read' } }],
  'an empty issuer': ['repository', { ...POLICY, issuer: '' }],
  'an unknown field': ['repository', { ...POLICY, subjects: 'a' }],
  'a lifetime of zero': ['repository', { ...POLICY, max_token_lifetime: 0 }],
  'an origin without a repository': ['repository', { ...POLICY, origin: 'acme' }],
  'a claim that is a list': ['repository', { ...POLICY, claim_pattern: { a: ['b'] } }],
  'a list without issuers': ['issuer-list', { mode: 'audit' }],
  'an unknown mode': ['issuer-list', { mode: 'off', issuers: ['https://a.b'] }],
  'an upper-case host': ['issuer-list', { issuers: ['https://A.b'] }],
}
for (const [name, [level, document]] of Object.entries(INVALID)) {
  test(`the schema refuses ${name}`, () => {
    assert.equal(validators[level](document), false)
  })
}

test('the schemas take what only a schema-aware editor would question', () => {
  assert.ok(validators.repository({ ...POLICY, permissions: { something_new: 'admin' } }))
  assert.ok(
    validators.organization({ ...POLICY, permissions: { members: 'read' }, repositories: ['a', 'a'] }),
  )
  assert.ok(validators['issuer-list']({ issuers: ['https://a.b/C'], issuer_patterns: [] }))
  assert.ok(validators['issuer-list']({ issuer_patterns: [42, true, 1.5] }))
})
