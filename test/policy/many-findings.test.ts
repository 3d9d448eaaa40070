import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgeDocument, type JudgeRequest } from '#pkg/policy'

const MANY = 150

const DOCUMENTS: readonly (readonly [
  name: string,
  level: JudgeRequest['level'],
  document: string,
  error: string,
])[] = [
  [
    'permissions that no catalogue has',
    'repository',
    [
      'issuer: https://issuer.example',
      'permissions:',
      ...Array.from({ length: MANY }, (_, index) => `  zqx_new_${index}: read`),
    ].join('\n'),
    'field_missing',
  ],
  [
    'repositories that are listed twice',
    'organization',
    [
      'issuer: https://issuer.example',
      'subject: someone',
      'permissions: {contents: read}',
      'repositories:',
      ...Array.from({ length: MANY }, () => '- app'),
      'subjects: someone',
    ].join('\n'),
    'unknown_field',
  ],
]

for (const [name, level, document, error] of DOCUMENTS) {
  test(`an error is told beside any number of ${name}`, () => {
    const { verdict, diagnostics } = judgeDocument({ level, document, tokens: [] })
    assert.equal(verdict, 'invalid')
    assert.equal(diagnostics.length, 100)
    assert.deepEqual(
      diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code),
      [error],
    )
  })
}

test('a message quotes no more of a document than helps', () => {
  for (const header of ['|', '>-', '|2']) {
    const document = `description: ${header}${'x'.repeat(20_000)}\n  text\n`
    const { diagnostics } = judgeDocument({ level: 'repository', document, tokens: [] })
    assert.ok(diagnostics.length > 0 && diagnostics.every(({ message }) => message.length < 1_000))
  }
})

test('no more than 100 errors are told', () => {
  const document = Array.from({ length: MANY }, (_, index) => `zqx${index}: 1`).join('\n')
  const { verdict, diagnostics } = judgeDocument({ level: 'repository', document, tokens: [] })
  assert.equal(verdict, 'invalid')
  assert.equal(diagnostics.length, 100)
})
