import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explainToken, matchToken, type Claims, type MatchContext } from '#pkg/policy'
import { policyText, readValid } from './support/documents.ts'

const TOKEN: Claims = { iss: 'https://issuer.example', sub: 'someone', aud: 'sts.example' }
const DOMAIN: MatchContext = { domain: 'sts.example' }

/** The reason and field of a mismatch, or `allow`. */
function judge(lines: readonly string[], claims: unknown, context: MatchContext = DOMAIN): string {
  const token = { ...TOKEN, ...(claims as Claims) }
  const result = matchToken(readValid(policyText(...lines)), token, context)
  return result.ok ? 'allow' : `${result.reason} ${result.field}`
}

function parse(json: string): unknown {
  return JSON.parse(json)
}

test('takes a token whose issuer, subject and audience are those of the policy', () => {
  assert.equal(judge([], {}), 'allow')
})

const MISMATCHES: Readonly<
  Record<string, readonly [lines: readonly string[], json: string, verdict: string]>
> = {
  'another issuer': [[], '{"iss": "https://issuer.example/"}', 'issuer_mismatch issuer'],
  'an issuer that is no text': [[], '{"iss": ["https://issuer.example"]}', 'issuer_mismatch issuer'],
  'another subject': [[], '{"sub": "Someone"}', 'subject_mismatch subject'],
  'a subject that is a number': [[], '{"sub": 1}', 'subject_mismatch subject'],
  'another audience': [[], '{"aud": "STS.example"}', 'audience_mismatch audience'],
  'no audience': [[], '{"aud": []}', 'audience_mismatch audience'],
  'an audience that is no text': [[], '{"aud": [["sts.example"]]}', 'audience_mismatch audience'],
  'an audience that matches in part': [
    ['audience_pattern: svc-[0-9]'],
    '{"aud": ["svc-1x", "xsvc-1"]}',
    'audience_mismatch audience',
  ],
  'the domain, where the policy names an audience': [['audience: other'], '{}', 'audience_mismatch audience'],
  'a claim that is not there': [['claim_pattern: {a: ".*"}'], '{}', 'claim_mismatch claim_pattern.a'],
  'a claim in another case': [['claim_pattern: {a: ".*"}'], '{"A": "x"}', 'claim_mismatch claim_pattern.a'],
  'a claim that matches in part': [
    ['claim_pattern: {a: ci}'],
    '{"a": "ciX"}',
    'claim_mismatch claim_pattern.a',
  ],
  'a claim with a line break behind it': [
    ['claim_pattern: {a: ci$}'],
    '{"a": "ci\\n"}',
    'claim_mismatch claim_pattern.a',
  ],
  'one claim of two': [
    ['claim_pattern: {a: x, b: z}'],
    '{"a": "x", "b": "x"}',
    'claim_mismatch claim_pattern.b',
  ],
}
for (const [name, [lines, json, verdict]] of Object.entries(MISMATCHES)) {
  test(`denies ${name}`, () => {
    assert.equal(judge(lines, parse(json)), verdict)
  })
}

test('denies a token without an audience, and one without any claims', () => {
  const policy = readValid(policyText())
  const { iss, sub } = TOKEN
  assert.equal(matchToken(policy, { iss, sub }, DOMAIN).ok, false)
  assert.equal(matchToken(policy, {}, DOMAIN).ok, false)
})

test('takes any one of the audiences', () => {
  assert.equal(judge([], { aud: ['other', 'sts.example'] }), 'allow')
  assert.equal(judge(['audience_pattern: svc-[0-9]'], { aud: ['svc-x', 'svc-1'] }), 'allow')
})

test('lets a policy without an audience match nothing where there is no domain', () => {
  assert.equal(judge([], {}, { domain: undefined }), 'audience_mismatch audience')
  assert.equal(judge(['audience: sts.example'], {}, { domain: undefined }), 'allow')
})

// A claim as JSON, the pattern that equals its text, or undefined if none can.
const VALUES: readonly (readonly [json: string, text: string | undefined])[] = [
  ['"x"', 'x'],
  ['""', ''],
  ['true', 'true'],
  ['false', 'false'],
  ['0', '0'],
  ['-0', '0'],
  ['12', '12'],
  ['12.0', '12'],
  ['-1.50', '-1\\.5'],
  ['1e3', '1000'],
  ['0.000001', '0\\.000001'],
  ['0.0000001', '0\\.0000001'],
  ['-1.25e-7', '-0\\.000000125'],
  ['9007199254740991', '9007199254740991'],
  ['-9007199254740991', '-9007199254740991'],
  ['9007199254740992', undefined],
  ['-9007199254740992', undefined],
  ['1e999', undefined],
  ['null', undefined],
  ['{}', undefined],
  ['{"a": "x"}', undefined],
  ['["a", "x"]', 'x'],
  ['[1, true]', 'true'],
  ['[]', undefined],
  ['[["x"]]', undefined],
  ['[null, {}]', undefined],
]
for (const [json, text] of VALUES) {
  test(`matches a claim of ${json} ${text === undefined ? 'with nothing' : `as ${JSON.stringify(text)}`}`, () => {
    const claims = parse(`{"a": ${json}}`)
    if (text !== undefined) assert.equal(judge([`claim_pattern: {a: '${text}'}`], claims), 'allow')
    const any = judge(["claim_pattern: {a: '(?s).*'}"], claims)
    assert.equal(any, text === undefined ? 'claim_mismatch claim_pattern.a' : 'allow')
  })
}

test('matches values of at most 1,024 characters, counted in code points', () => {
  const judgeLength = (length: number): string =>
    judge(["claim_pattern: {a: '(?s).*'}"], { a: '😀'.repeat(length) })
  assert.equal(judgeLength(1_024), 'allow')
  assert.equal(judgeLength(1_025), 'claim_mismatch claim_pattern.a')
})

test('lets iss, sub and aud be claims of a pattern', () => {
  assert.equal(judge(['claim_pattern: {iss: "https:.*", sub: some.*, aud: "sts.*"}'], {}), 'allow')
})

test('J: looks at own members only', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const policy = [`claim_pattern: {${name}: '(?s).*'}`]
    assert.equal(judge(policy, {}), `claim_mismatch claim_pattern.${name}`)
    const own = parse(
      `{"iss": "https://issuer.example", "sub": "someone", "aud": "sts.example", "${name}": "x"}`,
    )
    assert.equal(matchToken(readValid(policyText(...policy)), own as Claims, DOMAIN).ok, true)
  }
})

const FORBIDDEN: readonly (readonly [json: string, verdict: 'allow' | 'deny'])[] = [
  ['{}', 'allow'],
  ['{"a": "ok"}', 'allow'],
  ['{"a": "bad"}', 'deny'],
  ['{"a": "bad things"}', 'allow'],
  ['{"a": ["ok", "bad"]}', 'deny'],
  ['{"a": ["ok"]}', 'allow'],
  ['{"a": []}', 'allow'],
  ['{"a": true}', 'allow'],
  ['{"a": null}', 'deny'],
  ['{"a": {}}', 'deny'],
  ['{"a": [["ok"]]}', 'deny'],
  ['{"a": ["ok", null]}', 'deny'],
  ['{"a": 9007199254740992}', 'deny'],
  [`{"a": "${'x'.repeat(1_025)}"}`, 'deny'],
  [`{"a": ["${'x'.repeat(1_025)}"]}`, 'deny'],
]
for (const [json, verdict] of FORBIDDEN) {
  test(`forbidden_claim_pattern: ${verdict} ${json.slice(0, 40)}`, () => {
    const expected = verdict === 'allow' ? 'allow' : 'claim_forbidden forbidden_claim_pattern.a'
    assert.equal(judge(['forbidden_claim_pattern: {a: bad}'], parse(json)), expected)
  })
}

const LIFETIMES: readonly (readonly [json: string, verdict: 'allow' | 'deny'])[] = [
  ['{"exp": 160, "nbf": 100}', 'allow'],
  ['{"exp": 160, "iat": 100}', 'allow'],
  ['{"exp": 160, "iat": 100, "nbf": 159}', 'allow'],
  ['{"exp": 160, "iat": 99.9, "nbf": 159}', 'deny'],
  ['{"exp": 160, "iat": 159, "nbf": 99}', 'deny'],
  ['{"exp": 160}', 'deny'],
  ['{"nbf": 100, "iat": 100}', 'deny'],
  ['{"exp": "160", "nbf": 100}', 'deny'],
  ['{"exp": 160, "nbf": 100, "iat": "100"}', 'deny'],
  ['{"exp": 160, "nbf": 100, "iat": null}', 'deny'],
  ['{"exp": 1e999, "nbf": 100}', 'deny'],
]
for (const [json, verdict] of LIFETIMES) {
  test(`max_token_lifetime: ${verdict} ${json}`, () => {
    const expected = verdict === 'allow' ? 'allow' : 'lifetime_exceeded max_token_lifetime'
    assert.equal(judge(['max_token_lifetime: 60'], parse(json)), expected)
  })
}

test('takes a policy with an origin only in that repository, ignoring case', () => {
  const policy = ['origin: Acme/Api']
  assert.equal(judge(policy, {}, { ...DOMAIN, repository: 'acme/api' }), 'allow')
  assert.equal(judge(policy, {}, { ...DOMAIN, repository: 'acme/api2' }), 'origin_mismatch origin')
  assert.equal(judge(policy, {}), 'allow')
})

const ALL_WRONG = [
  'audience: x',
  'claim_pattern: {a: b}',
  'forbidden_claim_pattern: {c: d}',
  'max_token_lifetime: 1',
  'origin: acme/api',
]
const ORDER: readonly (readonly [claims: Claims, reason: string])[] = [
  [{ iss: 'x', sub: 'x' }, 'issuer_mismatch'],
  [{ sub: 'x' }, 'subject_mismatch'],
  [{}, 'audience_mismatch'],
  [{ aud: 'x' }, 'claim_mismatch'],
  [{ aud: 'x', a: 'b', c: 'd' }, 'claim_forbidden'],
  [{ aud: 'x', a: 'b' }, 'lifetime_exceeded'],
  [{ aud: 'x', a: 'b', exp: 1, nbf: 0 }, 'origin_mismatch'],
]
for (const [claims, reason] of ORDER) {
  test(`gives the first failure as the reason: ${reason}`, () => {
    const [found] = judge(ALL_WRONG, claims, { ...DOMAIN, repository: 'acme/web' }).split(' ')
    assert.equal(found, reason)
  })
}

test('explains every check in its order, with what was expected and found', () => {
  const policy = readValid(policyText(...ALL_WRONG))
  const claims = { ...TOKEN, sub: 'x', c: ['d', 1, null, {}, []], exp: 9, iat: 2, nbf: 4 }
  const checks = explainToken(policy, claims, { ...DOMAIN, repository: 'acme/web' })
  assert.deepEqual(
    checks.map(({ ok, field, expected, actual }) => [ok, field, expected, actual]),
    [
      [true, 'issuer', 'https://issuer.example', 'https://issuer.example'],
      [false, 'subject', 'someone', 'x'],
      [false, 'audience', 'x', 'sts.example'],
      [false, 'claim_pattern.a', 'b', undefined],
      [false, 'forbidden_claim_pattern.c', 'd', '[d, 1, null, an object, a list]'],
      [false, 'max_token_lifetime', '1', '7'],
      [false, 'origin', 'acme/api', 'acme/web'],
    ],
  )
})

test('says of a mismatch what was expected and found', () => {
  const result = matchToken(readValid(policyText()), { ...TOKEN, sub: 'x' }, DOMAIN)
  assert.deepEqual(result, {
    ok: false,
    reason: 'subject_mismatch',
    field: 'subject',
    expected: 'someone',
    actual: 'x',
  })
})

test('explains which line would match a subject that differs in GitHub’s form of it alone', () => {
  const policy = readValid(
    policyText().replace('subject: someone', 'subject: repo:acme/app:ref:refs/heads/main'),
  )
  const subject = 'repo:acme@1/app@2:ref:refs/heads/main'
  const hintOf = (sub: string): string | undefined =>
    explainToken(policy, { ...TOKEN, sub }, DOMAIN).find(({ field }) => field === 'subject')?.hint
  assert.equal(hintOf(subject), `subject: ${subject}`)
  assert.equal(hintOf('repo:acme@1/app@2:pull_request'), undefined)
  assert.equal(hintOf('repo:acme/app:ref:refs/heads/main'), undefined)
})

test('stops matching once a token has cost what the largest policy may cost', () => {
  const wide = '(?:[ab]?a?){900}c'
  const long = 'ab'.repeat(512)
  assert.equal(judge([`claim_pattern: {g: '${wide}'}`], { g: [long, 'c'] }), 'allow')
  assert.equal(
    judge([`claim_pattern: {g: '${wide}'}`], { g: [long, long, long, 'c'] }),
    'claim_mismatch claim_pattern.g',
  )
  assert.equal(
    judge([`claim_pattern: {g: '${wide}'}`], { g: [...Array<string>(3_000).fill(''), 'c'] }),
    'claim_mismatch claim_pattern.g',
    'empty elements are not free',
  )
})

test('denies what is forbidden when its matching would cost too much to know', () => {
  const wide = '(?:[ab]?a?){900}c'
  assert.equal(judge([`forbidden_claim_pattern: {g: '${wide}'}`], { g: ['ab'] }), 'allow')
  assert.equal(
    judge([`forbidden_claim_pattern: {g: '${wide}'}`], { g: Array<string>(4).fill('ab'.repeat(512)) }),
    'claim_forbidden forbidden_claim_pattern.g',
  )
})

test('does not bound an ordinary policy over a token full of groups', () => {
  const groups = Array.from({ length: 400 }, (_, index) => `team-${index}@acme.example`)
  assert.equal(judge([`claim_pattern: {groups: 'team-[0-9]+@acme\\.example'}`], { groups }), 'allow')
  assert.equal(judge([`claim_pattern: {groups: 'team-399@acme\\.example'}`], { groups }), 'allow')
})
