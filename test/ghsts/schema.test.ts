import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { runGhsts } from './support/ghsts.ts'

describe('ghsts policy schema', () => {
  const cases: readonly (readonly [args: readonly string[], name: string])[] = [
    [[], 'repository-policy'],
    [['--level', 'repository'], 'repository-policy'],
    [['--level', 'organization', '--json'], 'organization-policy'],
    [['--level=issuer-list'], 'issuer-list'],
  ]
  for (const [args, name] of cases) {
    it(`prints that of ${name} with: ${args.join(' ')}`, async () => {
      const { status, stdout } = await runGhsts(['policy', 'schema', ...args])
      assert.equal(status, 0)
      const file = new URL(`../../schema/${name}.schema.json`, import.meta.url)
      assert.deepEqual(JSON.parse(stdout), JSON.parse(readFileSync(file, 'utf8')))
    })
  }
})
