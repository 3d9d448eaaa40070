import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readVectorRows } from '../policy/support/vectors.ts'
import { answersTo, POLICY, ROW } from './support/check-lines.ts'
import { runGhsts } from './support/ghsts.ts'
import { finish, startGhsts } from './support/ghsts-process.ts'

const CLAIMS = { iss: 'https://a.example.com', sub: 'x', aud: 'd' }

async function answerTo(row: unknown): Promise<Record<string, unknown>> {
  const answers = await answersTo(`${typeof row === 'string' ? row : JSON.stringify(row)}\n`)
  assert.equal(answers.length, 1)
  return answers[0] ?? {}
}

describe('the vectors, through the process', () => {
  for (const file of [
    'policy-documents.jsonl',
    'issuer-lists.jsonl',
    'issuer-syntax.jsonl',
    'subject-syntax.jsonl',
    'audience-syntax.jsonl',
  ]) {
    test(file, async (t) => {
      const rows = readVectorRows(file) as readonly Record<string, unknown>[]
      const input = rows.map(({ id, level, policy, domain, allow_loopback_issuers, tokens }) =>
        JSON.stringify({ id, level, policy, domain, allow_loopback_issuers, tokens }),
      )
      const result = await finish(startGhsts(t, ['policy', 'check', '--jsonl']), input.join('\n'))
      assert.deepEqual([result.status, result.stderr], [0, ''])
      const answers = result.stdout.split('\n')
      assert.equal(answers.pop(), '')
      assert.equal(answers.length, rows.length)
      for (const [index, row] of rows.entries()) {
        const answer = JSON.parse(answers[index] ?? '') as Record<string, unknown>
        // What a row has to say of its answer.
        for (const name of ['id', 'verdict', 'value', 'verdicts']) {
          if (name in row) assert.deepEqual(answer[name], row[name], String(row['id']))
        }
      }
    })
  }
})

describe('an answer', () => {
  test('has verdict, diagnostics and the policy as understood', async () => {
    assert.deepEqual(await answerTo(ROW), {
      id: 1,
      verdict: 'valid',
      diagnostics: [],
      value: { issuer: 'https://a.example.com', subject: 'x', permissions: { contents: 'read' } },
    })
  })

  test('has the place of what is wrong, and no value', async () => {
    const { diagnostics, ...rest } = await answerTo({
      ...ROW,
      policy: `${POLICY}extra: 1\n`,
      tokens: [CLAIMS],
    })
    assert.deepEqual(rest, { id: 1, verdict: 'invalid', verdicts: ['policy_invalid'] })
    assert.ok(Array.isArray(diagnostics))
    const [first] = diagnostics as readonly Record<string, unknown>[]
    const { message, ...diagnostic } = first ?? {}
    assert.equal(typeof message, 'string')
    assert.deepEqual(diagnostic, { severity: 'error', code: 'unknown_field', line: 4, column: 1 })
  })

  test('has a verdict for each token, in order', async () => {
    const tokens = [CLAIMS, { ...CLAIMS, sub: 'y' }, { ...CLAIMS, sub: '' }, {}, { ...CLAIMS, aud: 'e' }]
    const { verdicts } = await answerTo({ ...ROW, tokens })
    assert.deepEqual(verdicts, ['allow', 'mismatch', 'token_invalid', 'token_invalid', 'mismatch'])
  })

  test('has no verdicts to no tokens, and an empty list to an empty one', async () => {
    assert.equal('verdicts' in (await answerTo({ ...ROW, tokens: null })), false)
    assert.deepEqual((await answerTo({ ...ROW, tokens: [] }))['verdicts'], [])
  })

  test('lets nothing in by a policy without an audience where there is no domain', async () => {
    const { verdicts } = await answerTo({ ...ROW, domain: undefined, tokens: [CLAIMS] })
    assert.deepEqual(verdicts, ['mismatch'])
  })

  test('judges the origin where the repository is known', async () => {
    const row = { ...ROW, policy: `${POLICY}origin: acme/app\n`, tokens: [CLAIMS] }
    for (const [repo, verdict] of [
      [undefined, 'allow'],
      ['acme/app', 'allow'],
      ['acme/other', 'mismatch'],
    ] as const) {
      assert.deepEqual((await answerTo({ ...row, repo }))['verdicts'], [verdict])
    }
  })

  test('takes issuers of the loopback where they are allowed', async () => {
    const policy = POLICY.replace('https://a.example.com', 'http://127.0.0.1:8080')
    const row = { ...ROW, policy, tokens: [{ ...CLAIMS, iss: 'http://127.0.0.1:8080' }] }
    assert.deepEqual((await answerTo({ ...row, allow_loopback_issuers: true }))['verdicts'], ['allow'])
    assert.deepEqual((await answerTo(row))['verdicts'], ['token_invalid'])
  })

  for (const id of ['a', '', 'ü\u2028\ud800', 0, -1.5, true, null, [1], { a: { b: 1 } }, 2 ** 53 - 1]) {
    test(`has the id ${JSON.stringify(id)}`, async () => {
      assert.deepEqual((await answerTo({ ...ROW, id }))['id'], id)
    })
  }

  test('has an id with a member named __proto__, which is a member like any other', async () => {
    const { stdout } = await runGhsts(['policy', 'check', '--jsonl'], {
      input: '{"id":{"__proto__":{"a":1}},"__proto__":{"level":"repository"},"policy":""}\n',
    })
    assert.match(stdout, /^\{"id":\{"__proto__":\{"a":1\}\},"error":"[^"]+"\}\n$/)
  })

  test('has no id where there is none', async () => {
    assert.equal('id' in (await answerTo({ ...ROW, id: undefined })), false)
  })

  test('is one line to readers that end lines elsewhere too', async () => {
    const input = `${JSON.stringify({ ...ROW, id: '\u0085\u2028\u2029' })}\n`
    const { stdout } = await runGhsts(['policy', 'check', '--jsonl'], { input })
    assert.match(stdout, /^[^\u0085\u2028\u2029\r\n]+\n$/)
  })
})

const withId: readonly (readonly [name: string, members: Readonly<Record<string, unknown>>])[] = [
  ['no level', { level: undefined }],
  ['a level that is none', { level: 'Repository' }],
  ['a level of another type', { level: ['repository'] }],
  ['no policy', { policy: undefined }],
  ['a policy of another type', { policy: { issuer: 'x' } }],
  ['a domain of another type', { domain: 7 }],
  ['a repository of another type', { repo: {} }],
  ['an owner for a repository', { repo: 'acme' }],
  ['a flag of another type', { allow_loopback_issuers: 'true' }],
  ['tokens of another type', { tokens: CLAIMS }],
  ['a token of another type', { tokens: [CLAIMS, 'eyJ'] }],
  ['a token that is a list', { tokens: [[]] }],
  ['a token that is null', { tokens: [null] }],
]
describe('a line that cannot be judged is answered with an error', () => {
  for (const [name, members] of withId) {
    test(`and its id: ${name}`, async () => {
      const answer = await answerTo({ ...ROW, ...members })
      assert.deepEqual(Object.keys(answer), ['id', 'error'])
      assert.equal(answer['id'], 1)
    })
  }

  for (const line of [
    '',
    ' ',
    'x',
    '{',
    '{"id":1',
    '[]',
    '"id"',
    'null',
    `\ufeff${JSON.stringify(ROW)}`,
    `${JSON.stringify(ROW)}${JSON.stringify(ROW)}`,
    JSON.stringify(ROW).replace('"id":1', '"id":9007199254740993'),
    JSON.stringify(ROW).replace('"id":1', '"id":1e400'),
    '['.repeat(1_000_000),
  ]) {
    test(`alone: ${JSON.stringify(line.slice(0, 40))}`, async () => {
      assert.deepEqual(Object.keys(await answerTo(line)), ['error'])
    })
  }

  test('or judged, where its id is nested deeper than some versions of Node can write', async () => {
    const id = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    const answer = await answerTo(JSON.stringify(ROW).replace('"id":1', `"id":${id}`))
    assert.ok(answer['verdict'] === 'valid' || typeof answer['error'] === 'string')
    assert.equal(Object.hasOwn(answer, 'id'), Object.hasOwn(answer, 'verdict'))
  })

  test('and the rest goes on', async () => {
    const line = Buffer.from(`${JSON.stringify(ROW)}\n`)
    const invalid = Buffer.from(`${JSON.stringify({ ...ROW, id: 'a' })}\n`)
    invalid[invalid.indexOf('"a"') + 1] = 0xff
    const answers = await answersTo(Buffer.concat([line, invalid, Buffer.from('\n{\n'), line]))
    assert.deepEqual(
      answers.map((answer) => answer['verdict'] ?? Object.keys(answer)),
      ['valid', ['error'], ['error'], ['error'], 'valid'],
    )
  })
})
