import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { LintReport } from '../../cmd/ghsts/lint/lint-report.ts'
import { ISSUER, makeFolder, POLICY, writeFileAt } from './support/files.ts'
import { runGhsts } from './support/ghsts.ts'

const FOLDER = '.github/chainguard'
const ORGANIZATION_POLICY = `${POLICY}repositories: [app]\n`
const ANY_AUDIENCE = `${POLICY}audience_pattern: .*\n`
const ISSUER_LIST = `issuers: [${ISSUER}]\n`

/** Lints one file, with its findings as `severity code line:column`. */
async function lint(file: string, ...options: readonly string[]) {
  const { status, stdout, stderr } = await runGhsts(['policy', 'lint', file, '--json', ...options])
  assert.equal(stderr, '')
  const report = JSON.parse(stdout) as LintReport
  const [linted] = report.files
  assert.ok(linted !== undefined && report.files.length === 1)
  const findings = linted.diagnostics.map(
    ({ severity, code, line, column }) => `${severity} ${code} ${line}:${column}`,
  )
  return { status, report, level: linted.level, verdict: linted.verdict, findings }
}

describe('ghsts policy lint', () => {
  const cases: readonly (readonly [
    behaviour: string,
    path: string,
    text: string,
    options: readonly string[],
    status: number,
    findings: readonly string[],
  ])[] = [
    ['finds nothing in a good policy', 'x.sts.yaml', POLICY, [], 0, []],
    [
      'finds errors',
      'x.sts.yaml',
      POLICY.replace('issues', 'pull-requests'),
      [],
      1,
      ['error unknown_permission 4:3'],
    ],
    [
      'is content with warnings alone',
      'x.sts.yaml',
      POLICY.replace('@1/app@2', '/app'),
      [],
      0,
      ['warning subject_without_ids 2:1'],
    ],
    [
      'warns of what a strict service refuses',
      'x.sts.yaml',
      ANY_AUDIENCE,
      [],
      0,
      ['warning any_audience 5:1'],
    ],
    [
      'makes it an error with --strict',
      'x.sts.yaml',
      ANY_AUDIENCE,
      ['--strict'],
      1,
      ['error any_audience 5:1'],
    ],
    [
      'lints what is invalid only to a strict service',
      'x.sts.yaml',
      `${ANY_AUDIENCE}description: x\n`,
      ['--strict'],
      1,
      ['error any_audience 5:1', 'warning not_portable 6:1'],
    ],
    [
      'refuses a policy that is for another repository',
      'x.sts.yaml',
      `origin: acme/other\n${POLICY}`,
      ['--repo', 'acme/app'],
      1,
      ['warning not_portable 1:1', 'error origin_mismatch 1:1'],
    ],
    [
      'takes one that is for this repository, in any case',
      'x.sts.yaml',
      `origin: ACME/app\n${POLICY}`,
      ['--repo', 'acme/App'],
      0,
      ['warning not_portable 1:1'],
    ],
    [
      'does not judge origin without the repository',
      'x.sts.yaml',
      `origin: acme/other\n${POLICY}`,
      [],
      0,
      ['warning not_portable 1:1'],
    ],
    ['reads an issuer list', 'trusted-token-issuers.yaml', ISSUER_LIST, [], 0, []],
    [
      'holds an issuer list to its rules',
      'trusted-token-issuers.yaml',
      'issuers: ["http://localhost:1"]\n',
      [],
      1,
      ['error issuer_syntax 1:11'],
    ],
    [
      'permits issuers on the loopback as a service does',
      'trusted-token-issuers.yaml',
      'issuers: ["http://localhost:1"]\n',
      ['--allow-loopback-issuers'],
      0,
      [],
    ],
  ]
  for (const [behaviour, path, text, options, status, findings] of cases) {
    it(behaviour, async (t) => {
      const linted = await lint(writeFileAt(makeFolder(t), path, text), ...options)
      assert.deepEqual([linted.status, linted.findings], [status, findings])
      assert.equal(linted.verdict, status === 0 ? 'valid' : 'invalid')
    })
  }

  const levels: readonly (readonly [path: string, options: readonly string[], level: string])[] = [
    [`acme/app/${FOLDER}/x.sts.yaml`, [], 'repository'],
    [`acme/.github/${FOLDER}/x.sts.yaml`, [], 'organization'],
    [`acme/.GitHub/${FOLDER}/x.sts.yaml`, [], 'organization'],
    ['x.sts.yaml', [], 'repository'],
    ['.github/x.sts.yaml', [], 'repository'],
    [`acme/.github/${FOLDER}/x.sts.yaml`, ['--level', 'repository'], 'repository'],
    ['x.sts.yaml', ['--level', 'organization'], 'organization'],
    ['x.sts.yaml', ['--repo', 'acme/.github'], 'organization'],
    [`acme/.github/${FOLDER}/x.sts.yaml`, ['--repo', 'acme/app'], 'repository'],
    ['x.sts.yaml', ['--repo', 'acme/.github', '--level', 'organization'], 'organization'],
    [`acme/policies/${FOLDER}/x.sts.yaml`, ['--org-policy-repo', 'policies'], 'organization'],
    [`acme/.github/${FOLDER}/x.sts.yaml`, ['--org-policy-repo', 'policies'], 'repository'],
  ]
  for (const [path, options, level] of levels) {
    it(`reads ${path} as of ${level} level with: ${options.join(' ')}`, async (t) => {
      const linted = await lint(writeFileAt(makeFolder(t), path, ORGANIZATION_POLICY), ...options)
      assert.equal(linted.level, level)
      assert.deepEqual(linted.findings, level === 'organization' ? [] : ['error organization_field 5:1'])
    })
  }

  for (const place of [
    ['--repo', 'acme/app', '--level', 'organization'],
    ['--repo', 'acme/.github', '--level', 'repository'],
  ]) {
    it(`takes no level that an exchange would not: ${place.join(' ')}`, async (t) => {
      const file = writeFileAt(makeFolder(t), 'x.sts.yaml', ORGANIZATION_POLICY)
      const { status, stdout, stderr } = await runGhsts(['policy', 'lint', file, ...place])
      assert.deepEqual([status, stdout], [2, ''])
      assert.match(stderr, /^ghsts: policies in acme\/[^\n]+ leave --level out\n$/)
    })
  }

  it('gives no commands to a runner', async (t) => {
    const text = `${POLICY}"##[set-output name=x]y": 1\n`
    const file = writeFileAt(makeFolder(t), 'x.sts.yaml', text)
    for (const format of [[], ['--json']]) {
      const { stdout } = await runGhsts(['policy', 'lint', file, ...format])
      assert.match(stdout, /set-output/)
      assert.doesNotMatch(stdout, /##\[/)
    }
  })

  it('compares a loopback issuer with octo-sts as it was told to read it', async (t) => {
    const list = 'issuers: [http://localhost:8080]\n'
    const file = writeFileAt(makeFolder(t), 'trusted-token-issuers.yaml', list)
    const told = await runGhsts(['policy', 'lint', '--octo-sts', '--allow-loopback-issuers', file])
    assert.doesNotMatch(told.stdout, / error /)
    assert.equal((await runGhsts(['policy', 'lint', '--octo-sts', file])).status, 1)
  })

  const unreachable: readonly (readonly [path: string, text: string, options: readonly string[]])[] = [
    ['x.sts.yml', POLICY, []],
    ['x.yaml', POLICY, []],
    ['x.STS.yaml', POLICY, []],
    ['.sts.yaml', POLICY, []],
    ['a b.sts.yaml', POLICY, []],
    [`${'a'.repeat(129)}.sts.yaml`, POLICY, []],
    [`${FOLDER}/deeper/x.sts.yaml`, POLICY, []],
    ['trusted-token-issuers.yml', ISSUER_LIST, []],
    ['trusted_token_issuers.yaml', ISSUER_LIST, []],
    ['trusted-token-issuers.yaml', ISSUER_LIST, ['--repo', 'acme/app']],
  ]
  for (const [path, text, options] of unreachable) {
    it(`warns that no exchange finds ${path} ${options.join(' ')}`, async (t) => {
      const { status, findings } = await lint(writeFileAt(makeFolder(t), path, text), ...options)
      assert.deepEqual([status, findings], [0, ['warning unreachable_file 1:1']])
    })
  }

  it('prints a line for each finding, and a summary beside them', async (t) => {
    const folder = makeFolder(t)
    const good = writeFileAt(folder, 'good.sts.yaml', POLICY)
    const bad = writeFileAt(folder, 'bad.sts.yaml', `${POLICY}isuer: x\n`)
    const { status, stdout, stderr } = await runGhsts(['policy', 'lint', good, bad, join(folder, 'none')])
    assert.equal(status, 1)
    const lines = stdout.split('\n')
    assert.equal(lines.length, 3, stdout)
    assert.ok(lines[0]?.startsWith(`${bad}:5:1 error unknown_field `), stdout)
    assert.ok(lines[1]?.startsWith(`${join(folder, 'none')}:1:1 error file_missing `), stdout)
    assert.equal(stderr, '3 files, 2 errors, 0 warnings\n')
  })

  describe('with --octo-sts', () => {
    it('fails for a policy that works there and not here', async (t) => {
      const file = writeFileAt(makeFolder(t), 'x.sts.yaml', POLICY.replace('issues: write', '{}'))
      const { status, report, verdict, findings } = await lint(file, '--octo-sts')
      assert.deepEqual([status, verdict, report.files[0]?.octo_sts], [1, 'invalid', 'accepts'])
      assert.equal(report.works_in_octo_sts_only, 1)
      assert.ok(findings.some((finding) => finding.startsWith('error octo_sts_grants_everything ')))
      const { stderr } = await runGhsts(['policy', 'lint', file, file, '--octo-sts'])
      assert.match(stderr, /^2 files, .*, 2 policies work in octo-sts and not here\n$/)
    })

    it('warns once of what works here and not there', async (t) => {
      const file = writeFileAt(makeFolder(t), 'x.sts.yaml', `${POLICY}description: x\n`)
      const { status, report, findings } = await lint(file, '--octo-sts')
      assert.deepEqual([status, report.files[0]?.octo_sts], [0, 'rejects'])
      assert.equal(report.works_in_octo_sts_only, 0)
      assert.deepEqual(findings, ['warning octo_sts_extension_field 5:1'])
    })

    it('compares issuer lists too', async (t) => {
      const file = writeFileAt(makeFolder(t), 'trusted-token-issuers.yaml', ISSUER_LIST)
      const { status, report } = await lint(file, '--octo-sts')
      assert.deepEqual([status, report.files[0]?.octo_sts], [0, 'accepts'])
    })
  })

  it('keeps the shape of its JSON', async (t) => {
    const file = writeFileAt(makeFolder(t), 'x.sts.yaml', `${POLICY}x: 1\n`)
    const { report } = await lint(file)
    const [diagnostic, ...others] = report.files[0]?.diagnostics ?? []
    assert.equal(others.length, 0)
    assert.deepEqual(report, {
      files: [
        {
          file,
          level: 'repository',
          verdict: 'invalid',
          diagnostics: [
            { severity: 'error', code: 'unknown_field', message: diagnostic?.message, line: 5, column: 1 },
          ],
        },
      ],
      errors: 1,
      warnings: 0,
    })
  })
})
