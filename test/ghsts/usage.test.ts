import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { COMMANDS } from '../../cmd/ghsts/commands.ts'
import { makeFolder, makeToken, POLICY, writeFileAt } from './support/files.ts'
import { runGhsts } from './support/ghsts.ts'

const HELP_MAX_COLUMNS = 120

describe('the help', () => {
  for (const name of COMMANDS.keys()) {
    const words = name.split(' ')
    for (const args of [
      [...words, '--help'],
      [...words, '-h'],
      [...words, 'help'],
      ['help', ...words],
      [...words, 'operand', '--help'],
    ]) {
      it(`is printed for: ${args.join(' ')}`, async () => {
        const { status, stdout, stderr } = await runGhsts(args)
        assert.equal(status, 0)
        assert.equal(stderr, '')
        assert.ok(stdout.startsWith(`usage: ghsts ${name} `), stdout)
      })
    }

    it(`of ${name} fits a screen and tells the exit status`, async () => {
      const { stdout } = await runGhsts([...words, '--help'])
      const longest = Math.max(...stdout.split('\n').map((line) => line.length))
      assert.ok(longest <= HELP_MAX_COLUMNS, String(longest))
      assert.match(stdout, /\nExit status: 0 [^\n]+\n$/)
    })
  }

  for (const args of [['--help'], ['-h'], ['help'], ['help', '--help']]) {
    it(`lists all commands for: ${args.join(' ')}`, async () => {
      const { status, stdout } = await runGhsts(args)
      assert.equal(status, 0)
      for (const name of COMMANDS.keys()) assert.match(stdout, new RegExp(`^ {2}ghsts ${name} +\\w`, 'm'))
    })
  }

  for (const args of [
    ['policy', '--help'],
    ['policy', 'help'],
    ['help', 'policy'],
  ]) {
    it(`lists those of a group for: ${args.join(' ')}`, async () => {
      const { status, stdout } = await runGhsts(args)
      assert.equal(status, 0)
      assert.match(stdout, /ghsts policy lint/)
      assert.doesNotMatch(stdout, /ghsts exchange/)
    })
  }

  for (const args of [[], ['policy']]) {
    it(`goes to standard error where no command is named: ${args.join(' ')}`, async () => {
      const { status, stdout, stderr } = await runGhsts(args)
      assert.deepEqual([status, stdout], [2, ''])
      assert.match(stderr, /ghsts policy lint/)
    })
  }
})

describe('the version', () => {
  for (const args of [['--version'], ['policy', '--version'], ['policy', 'lint', 'x', '--version']]) {
    it(`is that of the package for: ${args.join(' ')}`, async () => {
      const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
        readonly version: string
      }
      const { status, stdout } = await runGhsts(args)
      assert.deepEqual([status, stdout], [0, `ghsts ${manifest.version}\n`])
    })
  }
})

describe('wrong usage', () => {
  const cases: readonly (readonly [args: string, advice: string])[] = [
    ['polcy', 'ghsts policy?'],
    ['polcy lint x', 'ghsts policy lint?'],
    ['lint x', 'ghsts policy lint?'],
    ['policy lnt x', 'ghsts policy lint?'],
    ['policy frobnicate', 'ghsts policy --help'],
    ['exchagne', 'ghsts exchange?'],
    ['frobnicate', 'ghsts --help'],
    ['help frobnicate', 'ghsts --help'],
    ['--verson', 'ghsts --version?'],
    ['--frobnicate', 'ghsts --help'],
    ['-x', 'ghsts --help'],
    ['policy lint', 'ghsts policy lint .github/chainguard/'],
    ['policy lint x --jsn', '--json?'],
    ['policy lint x --octosts', '--octo-sts?'],
    ['policy lint x --frobnicate', 'ghsts policy lint --help'],
    ['policy lint x -j', 'ghsts policy lint --help'],
    ['policy lint x --json=yes', '--json takes no value'],
    ['policy lint x --level', 'write --level VALUE'],
    ['policy lint x --level=', 'write --level VALUE'],
    ['policy lint --level --json x', 'write --level VALUE'],
    ['policy lint x --level repository --level repository', 'twice'],
    ['policy lint x --level repositry', 'repository?'],
    ['policy lint x --level all', 'repository or organization'],
    ['policy lint x --repo app', '--repo OWNER/NAME'],
    ['policy lint x --repo a/b/c', '--repo OWNER/NAME'],
    ['policy lint x --org-policy-repo a/b', '--org-policy-repo NAME'],
    ['policy check', '--policy FILE'],
    ['policy check --policy x', '--token FILE'],
    ['policy check --policy x --token y --claims z', '--token FILE'],
    ['policy check x --token y', '--policy FILE'],
    ['policy check --jsonl --json', '--jsonl'],
    ['policy check --policy trusted-token-issuers.yaml --token y', 'trust policy'],
    ['policy schema --level issuerlist', 'issuer-list?'],
    ['policy schema x', '--level LEVEL'],
  ]
  for (const [args, advice] of cases) {
    it(`is one line that says what to type: ${args}`, async () => {
      const { status, stdout, stderr } = await runGhsts(args.split(' '))
      assert.equal(status, 2)
      assert.equal(stdout, '')
      assert.match(stderr, /^ghsts: [^\n]+\n$/)
      assert.ok(stderr.includes(advice), stderr)
    })
  }

  it('does not let an argument speak to the terminal', async () => {
    for (const argument of ['\u001b[2J', 'a\nb', '\u009b2J', '--\u202egnp']) {
      const { stderr } = await runGhsts([argument])
      assert.match(stderr, /^[^\p{C}]+\n$/u)
    }
  })
})

describe('a token as an argument', () => {
  const jwt = makeToken({ iss: 'https://issuer.example', sub: 'canary' })
  const spaced = Buffer.from('{ "alg": "RS256" }').toString('base64url') + jwt.slice(jwt.indexOf('.'))
  const github = `ghs_${'a1B2'.repeat(9)}`
  const places: readonly (readonly [name: string, args: (token: string) => readonly string[]])[] = [
    ['a command', (token) => [token]],
    ['a command of a group', (token) => ['policy', token]],
    ['an option', (token) => ['policy', 'lint', `--${token}`]],
    ['the value of an unknown option', (token) => ['policy', 'check', `--tokn=${token}`]],
    ['a file', (token) => ['policy', 'lint', token]],
    ['a file behind --', (token) => ['policy', 'lint', '--', token]],
    ['--token', (token) => ['policy', 'check', '--policy', 'x', '--token', token]],
    ['--token=', (token) => ['policy', 'check', '--policy', 'x', `--token=${token}`]],
    ['--claims', (token) => ['policy', 'check', '--policy', 'x', '--claims', token]],
    ['--policy', (token) => ['policy', 'check', '--policy', token, '--claims', 'x']],
    ['a bearer', (token) => ['policy', 'check', '--policy', 'x', '--token', `Bearer ${token}`]],
    ['an operand of revoke', (token) => ['revoke', token]],
  ]
  for (const [name, argsOf] of places) {
    it(`is refused and not repeated as ${name}`, async () => {
      for (const token of [jwt, spaced, github, jwt.slice(0, 24)]) {
        const { status, stdout, stderr } = await runGhsts(argsOf(token))
        assert.equal(status, 2)
        assert.match(stderr, /^ghsts: [^\n]+\n$/)
        const parts = token.split('.').filter((part) => part !== '')
        for (const part of parts) assert.ok(!`${stdout}${stderr}`.includes(part.slice(0, 16)), stderr)
      }
    })
  }

  it('is not repeated where it looks like none', async (t) => {
    const policy = writeFileAt(makeFolder(t), 'x.sts.yaml', POLICY)
    for (const option of ['--token', '--claims']) {
      const { status, stderr } = await runGhsts([
        'policy',
        'check',
        '--policy',
        policy,
        option,
        'opaque-secret',
      ])
      assert.equal(status, 2)
      assert.match(stderr, new RegExp(`^ghsts: the file that ${option} names`))
      assert.doesNotMatch(stderr, /opaque/)
    }
  })
})
