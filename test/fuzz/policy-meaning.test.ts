import assert from 'node:assert/strict'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { judgeDocument, trustPolicySchema, type PolicyLevel } from '#pkg/policy'
import { fuzz } from './support/fuzz.ts'
import { style, validPolicy, writeYaml } from './support/policy-model.ts'

const ajv = new Ajv2020({ strict: false, allowUnionTypes: true })
const SCHEMAS = {
  repository: ajv.compile(trustPolicySchema('repository')),
  organization: ajv.compile(trustPolicySchema('organization')),
}

const valid = fc
  .constantFrom<PolicyLevel>('repository', 'organization')
  .chain((level) => fc.record({ level: fc.constant(level), policy: validPolicy(level), style }))

fuzz('a policy means the same however it is written', 250, () =>
  fc.property(valid, ({ level, policy, style: choices }) => {
    const document = writeYaml(policy, choices)
    const { verdict, value, diagnostics } = judgeDocument({ level, document, tokens: [] })
    assert.equal(verdict, 'valid', `${document}\n${JSON.stringify(diagnostics)}`)
    assert.deepEqual(value, policy, document)
    assert.ok(SCHEMAS[level](policy), JSON.stringify(SCHEMAS[level].errors))
  }),
)

/** Values that nothing in a policy may have in the place of its own. */
const foreign = fc.constantFrom<unknown>(
  null,
  [],
  {},
  [[]],
  ['a', 1],
  { a: { b: 'c' } },
  -1,
  1.25,
  0,
  '',
  'a',
  [''],
)

/** Names of fields, of each level and of none. */
const fieldName = fc.oneof(
  fc.constantFrom(
    ...[
      'issuer',
      'issuer_pattern',
      'subject',
      'subject_pattern',
      'audience',
      'audience_pattern',
      'permissions',
    ],
    ...[
      'repositories',
      'claim_pattern',
      'forbidden_claim_pattern',
      'max_token_lifetime',
      'origin',
      'description',
    ],
  ),
  fc.constantFrom('issuers', 'mode', 'Issuer', '__proto__', 'constructor', 'role', 'permission'),
)

fuzz('what the schema for editors takes is valid, and what it refuses is not', 250, () =>
  fc.property(
    valid,
    fieldName,
    fc.oneof(foreign, fc.constant(undefined)),
    ({ level, policy, style: choices }, field, replaced) => {
      const members = Object.entries(policy).filter(([name]) => name !== field)
      const changed: unknown = Object.fromEntries(
        replaced === undefined ? members : [...members, [field, replaced]],
      )
      const document = writeYaml(changed, choices)
      const { verdict, diagnostics } = judgeDocument({ level, document, tokens: [] })
      const validate = SCHEMAS[level]
      assert.equal(
        verdict === 'valid',
        validate(changed),
        `${document}\n${JSON.stringify([diagnostics, validate.errors])}`,
      )
    },
  ),
)
