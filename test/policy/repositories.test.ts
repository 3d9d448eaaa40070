import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readTrustPolicy } from '#pkg/policy'
import { errorsOf, policyText, readValid, showFinding } from './support/documents.ts'

const ORGANIZATION = { level: 'organization' } as const

for (const list of ['[]', '', '~', 'a', '{a: b}']) {
  test(`refuses repositories: ${list}`, () => {
    assert.equal(errorsOf(policyText(`repositories: ${list}`), ORGANIZATION).length, 1)
  })
}

for (const name of ["''", '.', '..', 'acme/a', 'a b', "'*'", 'é', "'a\n'", '~', 'no', '1.0', '[a]']) {
  test(`refuses the repository ${JSON.stringify(name)}`, () => {
    const [error, ...rest] = errorsOf(policyText(`repositories: [a, ${name}]`), ORGANIZATION)
    assert.match(error ?? '', /^4:19 /)
    assert.deepEqual(rest, [])
  })
}

test('keeps the order and spelling of repositories', () => {
  const { source } = readValid(policyText('repositories: [b, .github, A_1, 2048]'), ORGANIZATION)
  assert.deepEqual(source.repositories, ['b', '.github', 'A_1', '2048'])
})

test('drops a repository that is listed twice in any case, with a warning', () => {
  const result = readTrustPolicy(policyText('repositories: [Api, web, aPI]'), ORGANIZATION)
  assert.ok(result.ok)
  assert.deepEqual(result.value.source.repositories, ['Api', 'web'])
  assert.deepEqual(result.diagnostics.map(showFinding), ['4:26 duplicate_repository'])
})

test('drops repeats of any number', () => {
  const result = readTrustPolicy(policyText(`repositories: [${'a,'.repeat(10_000)}]`), ORGANIZATION)
  assert.ok(result.ok)
  assert.deepEqual(result.value.source.repositories, ['a'])
})

test('takes 500 different repositories and not one more', () => {
  const names = Array.from({ length: 500 }, (_, index) => `r${index}`)
  const list = (...more: string[]): string => policyText(`repositories: [${[...names, ...more].join(', ')}]`)
  assert.equal(readValid(list(), ORGANIZATION).source.repositories?.length, 500)
  assert.equal(readValid(list('R1', 'R2'), ORGANIZATION).source.repositories?.length, 500)
  assert.deepEqual(errorsOf(list('another'), ORGANIZATION), ['4:15 too_many_repositories'])
})
