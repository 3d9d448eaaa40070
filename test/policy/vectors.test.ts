import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgeDocument, type Claims, type JudgeRequest, type TokenVerdict } from '#pkg/policy'
import { readVectorFile, readVectorRows } from './support/vectors.ts'

interface Row {
  readonly id: string
  readonly level: JudgeRequest['level']
  readonly policy: string
  readonly domain?: string
  readonly allow_loopback_issuers?: boolean
  readonly tokens?: readonly Claims[]
  readonly verdict?: 'valid' | 'invalid'
  readonly value?: unknown
  readonly verdicts?: readonly TokenVerdict[]
}

const FILES: Readonly<Record<string, number>> = {
  'policy-documents.jsonl': 186,
  'issuer-lists.jsonl': 17,
  'issuer-syntax.jsonl': 1,
  'subject-syntax.jsonl': 1,
  'audience-syntax.jsonl': 1,
}

for (const [file, atLeast] of Object.entries(FILES)) {
  const rows = readVectorRows(file) as readonly Row[]

  test(`${file} has its rows`, () => {
    assert.ok(rows.length >= atLeast)
  })

  for (const row of rows) {
    test(`${file}: ${row.id}`, () => {
      const judgement = judgeDocument({
        level: row.level,
        document: row.policy,
        tokens: row.tokens ?? [],
        domain: row.domain,
        allowLoopback: row.allow_loopback_issuers,
      })
      if (row.verdict !== undefined) assert.equal(judgement.verdict, row.verdict)
      if (row.value !== undefined) assert.deepEqual(judgement.value, row.value)
      if (row.verdicts !== undefined) assert.deepEqual(judgement.verdicts, row.verdicts)
      for (const { line, column } of judgement.diagnostics) assert.ok(line > 0 && column > 0)
      assert.equal(
        judgement.diagnostics.some(({ severity }) => severity === 'error'),
        judgement.verdict === 'invalid',
      )
    })
  }
}

interface Decisions {
  readonly level: JudgeRequest['level']
  readonly domain: string
  readonly tokens: Readonly<Record<string, Claims>>
  readonly policies: readonly {
    readonly id: string
    readonly policy: string
    readonly verdicts: Readonly<Record<string, TokenVerdict>>
  }[]
}

const decisions = JSON.parse(readVectorFile('policy-decisions.json')) as Decisions

for (const { id, policy, verdicts } of decisions.policies) {
  test(`policy-decisions.json: ${id}`, () => {
    const names = Object.keys(decisions.tokens)
    const judgement = judgeDocument({
      level: decisions.level,
      document: policy,
      domain: decisions.domain,
      tokens: Object.values(decisions.tokens),
      allowLoopback: true,
    })
    const actual = Object.fromEntries(names.map((name, index) => [name, judgement.verdicts[index]]))
    assert.deepEqual(actual, verdicts)
  })
}
