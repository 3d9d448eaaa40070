import { ISSUER_PATTERN_MAX_CHARACTERS } from './issuer-pattern.ts'
import { LIST_MAX_ISSUERS, LIST_MAX_PATTERNS } from './issuer-list.ts'
import { isBeyondRepositories, PERMISSION_CATALOGUE_DATE, PERMISSIONS } from './permission-catalogue.ts'
import { POLICY_FIELDS, type PolicyFieldType } from './policy-field.ts'
import { TOKEN_LIFETIME_MAX_SECONDS } from './policy-values.ts'
import type { PolicyLevel } from './trust-policy.ts'

/** A JSON Schema of draft 2020-12 (https://json-schema.org/draft/2020-12). */
export type JsonSchema = Readonly<Record<string, unknown>>

const DRAFT = 'https://json-schema.org/draft/2020-12/schema'

/** An editor's YAML parser reads some plain scalars as what a policy takes for text: `true`, `42`, `1.5`. */
const TEXT = { type: ['string', 'number', 'boolean'] } as const

const REPOSITORY_NAME = '^(?!\\.{1,2}$)[A-Za-z0-9._-]+$'
const REPOSITORY = '^(?!\\.{1,2}/)[A-Za-z0-9._-]+/(?!\\.{1,2}$)[A-Za-z0-9._-]+$'

/**
 * The schema of trust policies, for editors. What it refuses is invalid; whether expressions compile, and what a
 * plain scalar means to octo-sts, only the validator knows.
 */
export function trustPolicySchema(level: PolicyLevel): JsonSchema {
  const properties: Record<string, JsonSchema> = {}
  for (const [name, field] of Object.entries(POLICY_FIELDS)) {
    if (field.organizationOnly === true && level !== 'organization') continue
    const note = field.extension === true ? ' An extension: octo-sts does not read it.' : ''
    properties[name] = { description: field.description + note, ...schemaOfType(field.type, level) }
  }
  return {
    $schema: DRAFT,
    title: `Trust policy of ${level === 'organization' ? 'an organization' : 'a repository'}`,
    description: 'Says which OIDC tokens are exchanged for a GitHub token, and what that token may do.',
    type: 'object',
    properties,
    required: ['permissions'],
    additionalProperties: false,
    allOf: [
      { oneOf: [{ required: ['issuer'] }, { required: ['issuer_pattern'] }] },
      { oneOf: [{ required: ['subject'] }, { required: ['subject_pattern'] }] },
      { not: { required: ['audience', 'audience_pattern'] } },
    ],
  }
}

/** The schema of an organization's issuer list, for editors. */
export function issuerListSchema(): JsonSchema {
  const issuers = {
    description: 'Issuers that are trusted, byte for byte; lower-case in scheme and host.',
    type: 'array',
    maxItems: LIST_MAX_ISSUERS,
    items: { type: 'string', pattern: '^https?://[^A-Z?#@\\s]+(?:/[^?#\\s]*)?$', maxLength: 255 },
  }
  const patterns = {
    description: 'RE2 expressions that match whole issuers, and cannot reach past the host.',
    type: 'array',
    maxItems: LIST_MAX_PATTERNS,
    items: { ...TEXT, minLength: 1, maxLength: ISSUER_PATTERN_MAX_CHARACTERS },
  }
  return {
    $schema: DRAFT,
    title: 'Issuer list of an organization',
    description: 'Says which issuers any trust policy of the organization may rely on.',
    type: 'object',
    properties: {
      mode: {
        description:
          'What happens to a token of another issuer: denied (enforce), or permitted and recorded.',
        enum: ['enforce', 'audit'],
        default: 'enforce',
      },
      issuers,
      issuer_patterns: patterns,
    },
    additionalProperties: false,
    anyOf: ['issuers', 'issuer_patterns'].map((name) => ({
      properties: { [name]: { minItems: 1 } },
      required: [name],
    })),
  }
}

function schemaOfType(type: PolicyFieldType, level: PolicyLevel): JsonSchema {
  switch (type) {
    case 'text':
      return TEXT
    case 'non_empty_text':
    case 'pattern':
      return { ...TEXT, minLength: 1 }
    case 'claim_patterns':
      return { type: 'object', additionalProperties: TEXT }
    case 'permissions':
      return permissionsSchema(level)
    case 'repository_names':
      return { type: 'array', minItems: 1, items: { ...TEXT, pattern: REPOSITORY_NAME } }
    case 'repository':
      return { type: 'string', pattern: REPOSITORY }
    case 'seconds':
      return { type: 'integer', minimum: 1, maximum: TOKEN_LIFETIME_MAX_SECONDS }
  }
}

function permissionsSchema(level: PolicyLevel): JsonSchema {
  const all = [...PERMISSIONS].map(([name, permission]) => ({ name, levels: permission.levels }))
  const isRepository = level === 'repository'
  const granted = isRepository ? all.filter(({ name }) => !isBeyondRepositories(name)) : all
  const refused = all.filter(({ name }) => !granted.some((it) => it.name === name)).map(({ name }) => name)
  const beyond = { anyOf: [{ enum: refused }, { pattern: '^(?:organization|enterprise)_' }] }
  return {
    type: 'object',
    minProperties: 1,
    properties: Object.fromEntries(granted.map(({ name, levels }) => [name, { enum: levels }])),
    $comment: `Permissions of GitHub as of ${PERMISSION_CATALOGUE_DATE}. Others may be newer.`,
    propertyNames: { pattern: '^[a-z][a-z0-9_]*$', ...(isRepository ? { not: beyond } : {}) },
    additionalProperties: { enum: ['read', 'write', 'admin'] },
  }
}
