import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import type { DiffReport } from '../../cmd/ghsts/diff/diff-report.ts'
import { ISSUER, makeFolder, POLICY, writeFileAt } from './support/files.ts'
import { runGhsts } from './support/ghsts.ts'

const WIDER = POLICY.replace(
  'subject: repo:acme@1/app@2:ref:refs/heads/main',
  "subject_pattern: 'repo:acme@1/app@2:.*'",
)
const OTHER = POLICY.replace('heads/main', 'heads/next')
const INVALID = POLICY.replace('issues', 'isues')
const ORGANIZATION_FOLDER = 'acme/.github/.github/chainguard'

/** Compares two texts, each in a file of its own; undefined stands for `/dev/null`. */
async function diff(
  t: TestContext,
  [before, after]: readonly [string | undefined, string | undefined],
  {
    path = 'x.sts.yaml',
    options = [],
  }: { readonly path?: string; readonly options?: readonly string[] } = {},
) {
  const folder = makeFolder(t)
  const files = [before, after].map((text, at) =>
    text === undefined ? '/dev/null' : writeFileAt(folder, `${at}/${path}`, text),
  )
  const { status, stdout, stderr } = await runGhsts(['policy', 'diff', ...files, ...options])
  assert.equal(stderr, '')
  return { status, stdout: stdout.replaceAll(`${folder}/`, '') }
}

async function report(...args: Parameters<typeof diff>) {
  const [t, texts, { path, options = [] } = {}] = args
  const place = path === undefined ? {} : { path }
  const { status, stdout } = await diff(t, texts, { ...place, options: [...options, '--json'] })
  return { status, report: JSON.parse(stdout) as DiffReport }
}

describe('ghsts policy diff', () => {
  const cases: readonly (readonly [
    behaviour: string,
    texts: readonly [string | undefined, string | undefined],
    status: number,
    power: DiffReport['power'],
    effects: readonly string[],
  ])[] = [
    ['fails for more power', [POLICY, WIDER], 1, 'more', ['gain subject', 'gain subject']],
    ['fails for what may be more', [POLICY, OTHER], 1, 'may_be_more', ['change subject']],
    ['is content with less', [WIDER, POLICY], 0, 'less', ['loss subject', 'loss subject']],
    ['is content with the same', [POLICY, `# x\n${POLICY}`], 0, 'same', []],
    [
      'takes an empty old file for a new policy',
      [undefined, POLICY],
      1,
      'more',
      ['gain policy', 'gain permissions.issues'],
    ],
    [
      'takes an empty new file for a deleted policy',
      [POLICY, ''],
      0,
      'less',
      ['loss policy', 'loss permissions.issues'],
    ],
    ['finds no change between two empty files', [undefined, ''], 0, 'same', []],
  ]
  for (const [behaviour, texts, status, power, effects] of cases) {
    it(behaviour, async (t) => {
      const outcome = await report(t, texts)
      assert.equal(outcome.status, status)
      assert.equal(outcome.report.power, power)
      assert.deepEqual(
        outcome.report.changes.map(({ effect, field }) => `${effect} ${field}`),
        effects,
      )
    })
  }

  it('says that there is no change', async (t) => {
    assert.deepEqual(await diff(t, [POLICY, POLICY]), { status: 0, stdout: 'no change in power\n' })
  })

  it('prints a line for each change, gains first', async (t) => {
    const after = `${WIDER.replace('issues: write', 'contents: read')}max_token_lifetime: 60\n`
    const { stdout } = await diff(t, [`${OTHER}audience: a\n`, after])
    assert.deepEqual(
      stdout.split('\n').map((line) => line.slice(0, 2)),
      ['+ ', '+ ', '+ ', '~ ', '- ', '- ', ''],
    )
  })

  it('shows the invalid file as lint does, and compares nothing', async (t) => {
    const finding = 'error unknown_permission "isues" is not a permission: did you mean "issues"?'
    assert.deepEqual(await diff(t, [POLICY, INVALID]), {
      status: 1,
      stdout: `1/x.sts.yaml:4:3 ${finding}\n`,
    })
    const { status, report: json } = await report(t, [INVALID, POLICY])
    assert.deepEqual(
      [status, json.old.verdict, json.old.diagnostics[0]?.code, json.new.verdict],
      [1, 'invalid', 'unknown_permission', 'valid'],
    )
    assert.deepEqual([json.power, json.changes], [undefined, []])
  })

  it('does not take a file that is not there for no policy', async (t) => {
    const file = writeFileAt(makeFolder(t), 'x.sts.yaml', POLICY)
    for (const files of [
      [file, `${file}.bak`],
      [`${file}.bak`, file],
    ]) {
      const { status, stdout } = await runGhsts(['policy', 'diff', ...files])
      assert.equal(status, 1)
      assert.equal(stdout, `${file}.bak:1:1 error file_missing there is no such file: check its path\n`)
    }
  })

  it('refuses a file over the limit of policies', async (t) => {
    const { status, report: json } = await report(t, [POLICY, `${POLICY}# ${'x'.repeat(33 * 1024)}\n`])
    assert.deepEqual([status, json.new.diagnostics[0]?.code], [1, 'too_large'])
  })

  it('reads a pipe, as a shell makes one of <(git show main:FILE)', async (t) => {
    const folder = makeFolder(t)
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const file = writeFileAt(folder, 'x.sts.yaml', WIDER)
    const [{ status, stdout }] = await Promise.all([
      runGhsts(['policy', 'diff', pipe, file, '--json']),
      writeFile(pipe, POLICY),
    ])
    assert.equal(status, 1)
    assert.equal((JSON.parse(stdout) as DiffReport).power, 'more')
  })
})

describe('what ghsts policy diff compares', () => {
  const ALL = POLICY
  const LISTED = `${POLICY}repositories: [app]\n`

  it('takes the level from the path of the new file', async (t) => {
    const { status, report: json } = await report(t, [LISTED, ALL], {
      path: `${ORGANIZATION_FOLDER}/x.sts.yaml`,
    })
    assert.deepEqual([status, json.level, json.changes[0]?.field], [1, 'organization', 'repositories'])
  })

  it('takes the level from the path of the old file where the new one is empty', async (t) => {
    const { report: json } = await report(t, [LISTED, undefined], {
      path: `${ORGANIZATION_FOLDER}/x.sts.yaml`,
    })
    assert.deepEqual([json.level, json.power], ['organization', 'less'])
  })

  it('takes the level from --level and --repo', async (t) => {
    for (const options of [
      ['--level', 'organization'],
      ['--repo', 'acme/.github'],
      ['--repo', 'acme/policies', '--org-policy-repo', 'policies'],
    ]) {
      const { report: json } = await report(t, [ALL, LISTED], { options })
      assert.deepEqual([json.level, json.power], ['organization', 'less'])
    }
  })

  it('names the repositories with their owner where --repo says it', async (t) => {
    const { stdout } = await diff(t, [undefined, POLICY], { options: ['--repo', 'acme/app'] })
    assert.match(stdout, /`issues: write` on `acme\/app`\n$/)
    const unknown = await diff(t, [undefined, POLICY])
    assert.match(unknown.stdout, / on this repository\n$/)
  })

  it('compares issuer lists', async (t) => {
    const path = 'trusted-token-issuers.yaml'
    const before = `issuers: [${ISSUER}]\n`
    const after = `issuers: [${ISSUER}, "http://localhost:1"]\n`
    const refused = await report(t, [before, after], { path })
    assert.deepEqual([refused.status, refused.report.new.verdict], [1, 'invalid'])
    const options = ['--allow-loopback-issuers']
    const { status, report: json } = await report(t, [before, after], { path, options })
    assert.deepEqual([status, json.level, json.power], [1, 'issuer-list', 'more'])
    const gone = await report(t, [before, undefined], { path })
    assert.deepEqual([gone.status, gone.report.level, gone.report.power], [1, 'issuer-list', 'more'])
  })
})

describe('the lines of ghsts policy diff', () => {
  it('do not let a policy speak to the terminal', async (t) => {
    const after = `${POLICY}claim_pattern: {"x\\u0007\\u202e": "y` + '` is fine"}\n'
    const { stdout } = await diff(t, [POLICY, after])
    assert.match(stdout, /^- requires that the claim `x␇<U\+202E>` matches ``y` is fine`` in addition\n$/)
    const { report: json } = await report(t, [POLICY, after])
    assert.ok(json.changes[0]?.text.includes('`x\u0007\u202e`'))
  })

  it('are coloured where that is wanted', async (t) => {
    const folder = makeFolder(t)
    const files = [POLICY, WIDER].map((text, at) => writeFileAt(folder, `${at}.sts.yaml`, text))
    const { stdout } = await runGhsts(['policy', 'diff', ...files], { color: true })
    assert.ok(
      stdout.startsWith('\u001b[31m\u001b[1m+\u001b[22m\u001b[39m lets in more: '),
      JSON.stringify(stdout),
    )
  })
})

describe('wrong usage of ghsts policy diff', () => {
  for (const [args, advice] of [
    ['', 'ghsts policy diff OLD NEW'],
    ['x', 'ghsts policy diff OLD NEW'],
    ['x y z', 'ghsts policy diff OLD NEW'],
    ['x y --leve repository', '--level?'],
    ['x y --repo app', '--repo OWNER/NAME'],
  ] as const) {
    it(`says what to type: ${args}`, async () => {
      const { status, stdout, stderr } = await runGhsts([
        'policy',
        'diff',
        ...args.split(' ').filter(Boolean),
      ])
      assert.deepEqual([status, stdout], [2, ''])
      assert.ok(stderr.includes(advice), stderr)
    })
  }
})
