import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CheckReport } from '../../cmd/ghsts/check/check-report.ts'
import { findDifference } from '../../cmd/ghsts/check/text-difference.ts'
import { ISSUER, makeFolder, makeToken, POLICY, writeFileAt } from './support/files.ts'
import { runGhsts } from './support/ghsts.ts'

const DOMAIN = 'sts.example.com'
const SUBJECT = 'repo:acme@1/app@2:ref:refs/heads/main'
const CLAIMS = { iss: ISSUER, sub: SUBJECT, aud: DOMAIN }
const FAR_FUTURE = 4_000_000_000

interface Question {
  readonly policy?: string
  readonly path?: string
  readonly claims?: object
  readonly options?: readonly string[]
}

describe('ghsts policy check', () => {
  /** Checks claims as they are; `failed` are the fields of the checks that failed. */
  async function check(folder: string, question: Question) {
    const { policy = POLICY, path = 'x.sts.yaml', claims = CLAIMS } = question
    const { options = ['--domain', DOMAIN] } = question
    const file = writeFileAt(folder, path, policy)
    const claimsFile = writeFileAt(folder, 'claims.json', JSON.stringify(claims))
    const args = ['policy', 'check', '--policy', file, '--claims', claimsFile, '--json', ...options]
    const { status, stdout, stderr } = await runGhsts(args)
    assert.equal(stderr, '')
    const report = JSON.parse(stdout) as CheckReport
    const failed = report.checks.filter(({ ok }) => !ok).map(({ field }) => field)
    return { status, report, failed, notes: report.notes.map(({ code }) => code) }
  }

  const verdicts: readonly (readonly [
    behaviour: string,
    question: Question,
    verdict: string,
    reason: string | undefined,
    failed: readonly string[],
  ])[] = [
    ['lets in what matches', {}, 'allow', undefined, []],
    [
      'demands every audience pattern, claim, lifetime and origin',
      {
        policy: `${POLICY}claim_pattern: { a: b }\nforbidden_claim_pattern: { c: d }\nmax_token_lifetime: 5\norigin: a/b\n`,
        claims: { ...CLAIMS, iss: 'https://other.example', sub: 'x', aud: 'y', c: 'd', iat: 1, exp: 7 },
        options: ['--domain', DOMAIN, '--repo', 'a/c'],
      },
      'mismatch',
      'issuer_mismatch',
      [
        'issuer',
        'subject',
        'audience',
        'claim_pattern.a',
        'forbidden_claim_pattern.c',
        'max_token_lifetime',
        'origin',
      ],
    ],
    ['matches no audience without a domain', { options: [] }, 'mismatch', 'audience_mismatch', ['audience']],
    [
      'names the first check that fails',
      { claims: { ...CLAIMS, sub: 'x', aud: 'y' } },
      'mismatch',
      'subject_mismatch',
      ['subject', 'audience'],
    ],
    [
      'puts an invalid policy before an invalid token',
      { policy: 'issuer: x', claims: { iss: 'no issuer' } },
      'policy_invalid',
      undefined,
      [],
    ],
    [
      'puts an invalid token before a mismatch',
      { claims: { ...CLAIMS, sub: 'a b' } },
      'token_invalid',
      'token_subject_syntax',
      [],
    ],
    [
      'refuses an issuer on the loopback',
      {
        policy: POLICY.replace(ISSUER, 'http://127.0.0.1:1'),
        claims: { ...CLAIMS, iss: 'http://127.0.0.1:1' },
      },
      'token_invalid',
      'issuer_syntax',
      [],
    ],
    [
      'permits one as a service does',
      {
        policy: POLICY.replace(ISSUER, 'http://127.0.0.1:1'),
        claims: { ...CLAIMS, iss: 'http://127.0.0.1:1' },
        options: ['--domain', DOMAIN, '--allow-loopback-issuers'],
      },
      'allow',
      undefined,
      [],
    ],
  ]
  for (const [behaviour, question, verdict, reason, failed] of verdicts) {
    it(behaviour, async (t) => {
      const outcome = await check(makeFolder(t), question)
      assert.deepEqual(
        [outcome.report.verdict, outcome.report.reason, outcome.failed, outcome.status],
        [verdict, reason, failed, verdict === 'allow' ? 0 : 1],
      )
      assert.equal(outcome.report.grant === undefined, verdict !== 'allow')
      assert.equal(outcome.report.diagnostics.length > 0, verdict === 'policy_invalid')
    })
  }

  const grants: readonly (readonly [
    policy: string,
    options: readonly string[],
    repositories: readonly string[] | string,
  ])[] = [
    [POLICY, [], 'own'],
    [POLICY, ['--repo', 'acme/app'], ['app']],
    [POLICY, ['--level', 'organization'], 'all'],
    [`${POLICY}repositories: [a, b]\n`, ['--repo', 'acme/.github'], ['a', 'b']],
  ]
  for (const [policy, options, repositories] of grants) {
    it(`grants ${String(repositories)} with: ${options.join(' ')}`, async (t) => {
      const { report } = await check(makeFolder(t), { policy, options: ['--domain', DOMAIN, ...options] })
      assert.deepEqual(report.grant, { permissions: { issues: 'write' }, repositories })
    })
  }

  it('reads the level from the path of the policy', async (t) => {
    const path = 'acme/.github/.github/chainguard/x.sts.yaml'
    const { report } = await check(makeFolder(t), { path, policy: `${POLICY}repositories: [a]\n` })
    assert.deepEqual([report.policy.level, report.verdict], ['organization', 'allow'])
  })

  const notes: readonly (readonly [behaviour: string, question: Question, codes: readonly string[]])[] = [
    ['that nothing is verified', {}, ['not_verified']],
    ['that the token has expired', { claims: { ...CLAIMS, exp: 1 } }, ['not_verified', 'expired']],
    ['nothing of one that has not', { claims: { ...CLAIMS, exp: FAR_FUTURE, nbf: 1 } }, ['not_verified']],
    [
      'that the token is not valid yet',
      { claims: { ...CLAIMS, nbf: FAR_FUTURE } },
      ['not_verified', 'not_yet_valid'],
    ],
    [
      'nothing of a start that an exchange would let pass',
      { claims: { ...CLAIMS, nbf: Math.floor(Date.now() / 1000) + 120 } },
      ['not_verified'],
    ],
    ['nothing of a time that is none', { claims: { ...CLAIMS, exp: -1e300, nbf: '9' } }, ['not_verified']],
    ['that a domain is missing', { options: [] }, ['not_verified', 'no_domain']],
    [
      'that origin is not judged',
      { policy: `${POLICY}origin: a/b\n` },
      ['not_verified', 'origin_not_judged'],
    ],
  ]
  for (const [behaviour, question, codes] of notes) {
    it(`notes ${behaviour}`, async (t) => {
      assert.deepEqual((await check(makeFolder(t), question)).notes, codes)
    })
  }

  it('takes no domain that no service can have', async (t) => {
    const file = writeFileAt(makeFolder(t), 'x.sts.yaml', POLICY)
    const claims = writeFileAt(makeFolder(t), 'claims.json', JSON.stringify(CLAIMS))
    const args = ['policy', 'check', '--policy', file, '--claims', claims]
    const { status, stderr } = await runGhsts([...args, '--domain', `https://${DOMAIN}`])
    assert.equal(status, 2)
    assert.match(stderr, /--domain sts\.example\.com/)
  })

  it('shows where an exact subject is left, and the line that would match', async (t) => {
    const { report } = await check(makeFolder(t), {
      claims: { ...CLAIMS, sub: 'repo:acme/app:ref:refs/heads/main' },
    })
    const subject = report.checks.find(({ field }) => field === 'subject')
    assert.deepEqual(subject?.difference, { kind: 'rest', column: 10 })
    assert.equal(subject.hint, 'subject: repo:acme/app:ref:refs/heads/main')
  })

  it('shows no such place for an expression or a list', async (t) => {
    const policy = POLICY.replace('subject:', 'subject_pattern:')
    const { report } = await check(makeFolder(t), {
      policy,
      claims: { ...CLAIMS, sub: 'repo:x', aud: ['a'] },
    })
    assert.deepEqual(
      report.checks.map(({ ok, difference }) => [ok, difference]),
      [
        [true, undefined],
        [false, undefined],
        [false, undefined],
      ],
    )
  })

  for (const text of ['[]', '"x"', 'null', '{', '', '\ufeff{}x']) {
    it(`takes no claims from ${JSON.stringify(text)}`, async (t) => {
      const folder = makeFolder(t)
      const policy = writeFileAt(folder, 'x.sts.yaml', POLICY)
      const claims = writeFileAt(folder, 'claims.json', text)
      const { status, stderr } = await runGhsts(['policy', 'check', '--policy', policy, '--claims', claims])
      assert.equal(status, 2)
      assert.match(stderr, /^ghsts: the claims are no JSON object[^\n]+\n$/)
    })
  }
})

describe('a token', () => {
  const claims = { ...CLAIMS, secret_claim: 'canary-claim' }
  const token = makeToken(claims)

  async function checkToken(folder: string, text: string, ...options: readonly string[]) {
    const policy = writeFileAt(folder, 'x.sts.yaml', POLICY)
    const args = ['policy', 'check', '--policy', policy, '--domain', DOMAIN, '--token', ...options]
    return await runGhsts(args, { input: text })
  }

  it('is read from a file, with or without a line break', async (t) => {
    const folder = makeFolder(t)
    for (const text of [token, `${token}\n`, `${token}\r\n`]) {
      const { status, stdout } = await checkToken(folder, '', writeFileAt(folder, 'token', text))
      assert.equal(status, 0, stdout)
    }
  })

  it('is read from standard input', async (t) => {
    const { status, stdout, stderr } = await checkToken(makeFolder(t), `${token}\n`, '-')
    assert.equal(status, 0, stdout)
    assert.match(stderr, /decoded, not verified/)
    assert.match(stderr, /has no time at which it expires/)
  })

  const broken: readonly (readonly [reason: string, text: string])[] = [
    ['token_not_compact', 'opaque'],
    ['token_not_compact', token.split('.').slice(0, 2).join('.')],
    ['token_payload_malformed', makeToken(claims).replace(/\.[^.]+\./, '.e30x.')],
    ['issuer_missing', makeToken({ sub: 'x' })],
    ['token_too_large', makeToken({ ...claims, x: 'x'.repeat(20_000) })],
  ]
  for (const [reason, text] of broken) {
    it(`is invalid as it is to the service: ${reason}`, async (t) => {
      const { status, stdout } = await checkToken(makeFolder(t), text, '-', '--json')
      const report = JSON.parse(stdout) as CheckReport
      assert.deepEqual([status, report.verdict, report.reason], [1, 'token_invalid', reason])
    })
  }

  it('is never printed, nor are the claims that nobody asks for', async (t) => {
    const folder = makeFolder(t)
    for (const text of [
      token,
      makeToken({ ...claims, sub: 'other' }),
      makeToken({ ...claims, sub: 'a b' }),
    ]) {
      for (const options of [[], ['--json']]) {
        const { stdout, stderr } = await checkToken(folder, text, '-', ...options)
        for (const part of [...text.split('.'), 'canary-claim']) {
          assert.ok(!`${stdout}${stderr}`.includes(part), stdout + stderr)
        }
      }
    }
  })
})

describe('the text of a check', () => {
  async function render(folder: string, claims: object, columns?: number, policy = POLICY) {
    const file = writeFileAt(folder, 'x.sts.yaml', policy)
    const claimsFile = writeFileAt(folder, 'claims.json', JSON.stringify(claims))
    const args = ['policy', 'check', '--policy', file, '--domain', DOMAIN, '--claims', claimsFile]
    const { stdout } = await runGhsts(args, columns === undefined ? {} : { columns })
    return stdout.split('\n')
  }

  it('is a table with a row for each check, and the grant', async (t) => {
    const lines = await render(makeFolder(t), CLAIMS)
    assert.deepEqual(
      lines.map((line) => line.split(/ {2,}/)),
      [
        ['CHECK', 'EXPECTED', 'ACTUAL', 'VERDICT'],
        ['issuer', ISSUER, ISSUER, 'ok'],
        ['subject', SUBJECT, SUBJECT, 'ok'],
        ['audience', DOMAIN, DOMAIN, 'ok'],
        [''],
        ['allowed'],
        ['', 'permissions', 'issues: write'],
        ['', 'repositories', 'the one that the policy is in'],
        [''],
      ],
    )
    const starts = lines.slice(0, 4).map((line) => line.search(/\S+$/))
    assert.equal(new Set(starts).size, 1)
  })

  it('has a caret under the first character that differs', async (t) => {
    const lines = await render(makeFolder(t), { ...CLAIMS, sub: SUBJECT.replace('main', 'dev') })
    const denied = lines.indexOf('denied: subject_mismatch')
    const [expected = '', actual = '', caret = ''] = lines.slice(denied + 1)
    const at = caret.indexOf('^')
    assert.equal(expected.slice(at), 'main')
    assert.equal(actual.slice(at), 'dev')
  })

  it('stays within a narrow screen by putting values below one another', async (t) => {
    const lines = await render(makeFolder(t), CLAIMS, 80)
    assert.ok(lines.every((line) => line.length <= 80))
    assert.deepEqual(lines.slice(0, 3), ['issuer  ok', `  expected  ${ISSUER}`, `  actual    ${ISSUER}`])
  })

  it('cuts long values and shows control characters', async (t) => {
    const policy = `${POLICY}claim_pattern: { a: x, b: z }\n`
    const lines = await render(
      makeFolder(t),
      { ...CLAIMS, a: 'x'.repeat(9_000), b: '\u001b[2J\n' },
      undefined,
      policy,
    )
    assert.ok(lines.every((line) => line.length < 400))
    assert.doesNotMatch(lines.join(''), /\p{C}/u)
    assert.match(lines.join('\n'), /␛\[2J␊/)
  })
})

describe('findDifference', () => {
  const cases: readonly (readonly [expected: string, actual: string, kind: string, column: number])[] = [
    ['repo:acme/app', 'repo:acme/App', 'case', 11],
    ['ACME', 'acme', 'case', 1],
    ['https://issuer.example', 'https://issuer.example/', 'character', 23],
    ['https://issuer.example/', 'https://issuer.example', 'character', 23],
    ['abcd', 'abxd', 'character', 3],
    ['abcd', 'xabcd', 'character', 1],
    ['refs/heads/main', 'refs/heads/dev', 'rest', 12],
    ['refs/heads/main', 'refs/heads/main-2', 'rest', 16],
    ['😀a', '😀bc', 'rest', 2],
  ]
  for (const [expected, actual, kind, column] of cases) {
    it(`finds ${kind} at ${column} of ${expected} and ${actual}`, () => {
      assert.deepEqual(findDifference(expected, actual), { kind, column })
    })
  }

  it('finds none between equal texts, nor where nothing is the same', () => {
    assert.equal(findDifference('abc', 'abc'), undefined)
    assert.equal(findDifference('repo:acme', 'system:serviceaccount'), undefined)
  })
})
