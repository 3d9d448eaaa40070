// Writes the JSON Schemas of policies and issuer lists, for editors, from their description in the code.
import { mkdirSync, writeFileSync } from 'node:fs'
import { issuerListSchema, trustPolicySchema } from '#pkg/policy'

const SCHEMAS = {
  'repository-policy': trustPolicySchema('repository'),
  'organization-policy': trustPolicySchema('organization'),
  'issuer-list': issuerListSchema(),
}

const folder = new URL('../schema/', import.meta.url)
mkdirSync(folder, { recursive: true })
for (const [name, schema] of Object.entries(SCHEMAS)) {
  writeFileSync(new URL(`${name}.schema.json`, folder), `${JSON.stringify(schema, null, 2)}\n`)
}
