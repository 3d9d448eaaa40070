import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { unless } from '../support/requirement.ts'
import { ISSUER, makeFolder, makeToken, POLICY, writeFileAt } from './support/files.ts'
import { LOADER, MAIN, spawnGhsts } from './support/ghsts.ts'

const BAD_POLICY = `${POLICY}pull-requests: write\n`
const PATH = '.github/chainguard/x.sts.yaml'

/** Gives a program a terminal of its own, of 80 columns, and answers with what it wrote there and its status. */
const PTY = `
import fcntl, os, pty, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
while True:
    try:
        data = os.read(terminal, 4096)
    except OSError:
        break
    if not data:
        break
    os.write(1, data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`
const hasPty = spawnSync('python3', ['-c', 'import pty, os; os.waitstatus_to_exitcode']).status === 0
const hasShell = spawnSync('bash', ['-c', 'true']).status === 0

describe('ghsts as a process', () => {
  it('exits with 0, 1 and 2', (t) => {
    const folder = makeFolder(t)
    const good = writeFileAt(folder, 'good.sts.yaml', POLICY)
    const bad = writeFileAt(folder, 'bad.sts.yaml', BAD_POLICY)
    assert.equal(spawnGhsts(['policy', 'lint', good]).status, 0)
    assert.equal(spawnGhsts(['policy', 'lint', bad]).status, 1)
    assert.equal(spawnGhsts(['policy', 'lnt', bad]).status, 2)
  })

  it('resolves a path against its folder', (t) => {
    const folder = makeFolder(t)
    writeFileAt(folder, `acme/.github/${PATH}`, `${POLICY}repositories: [app]\n`)
    writeFileAt(folder, `acme/app/${PATH}`, `${POLICY}repositories: [app]\n`)
    assert.equal(spawnGhsts(['policy', 'lint', PATH], { cwd: join(folder, 'acme/.github') }).status, 0)
    const { status, stdout } = spawnGhsts(['policy', 'lint', PATH], { cwd: join(folder, 'acme/app') })
    assert.equal(status, 1)
    assert.match(stdout, /^\.github\/chainguard\/x\.sts\.yaml:5:1 error organization_field /)
  })

  it('lets in by a token from standard input', (t) => {
    const policy = writeFileAt(makeFolder(t), 'x.sts.yaml', POLICY)
    const token = makeToken({ iss: ISSUER, sub: 'repo:acme@1/app@2:ref:refs/heads/main', aud: 'sts' })
    const args = ['policy', 'check', '--policy', policy, '--token', '-', '--domain', 'sts']
    const { status, stdout } = spawnGhsts(args, { input: `${token}\n` })
    assert.equal(status, 0)
    assert.match(stdout, /^allowed$/m)
  })

  it('writes no escapes into a pipe, unless it is told to', (t) => {
    const bad = writeFileAt(makeFolder(t), 'bad.sts.yaml', BAD_POLICY)
    assert.doesNotMatch(spawnGhsts(['policy', 'lint', bad]).stdout, /\u001b|\^/)
    assert.match(spawnGhsts(['policy', 'lint', bad], { env: { FORCE_COLOR: '1' } }).stdout, /\u001b\[31m/)
  })

  it('passes nothing of a file to a terminal raw', (t) => {
    const text = `issuer: "a\u001b]0;pwned\u0007"\n${POLICY}x\u202e: "\u009b2J"\n`
    const file = writeFileAt(makeFolder(t), 'x\u001b[2J.sts.yaml', text)
    for (const args of [[file], [file, '--json']]) {
      const { status, stdout, stderr } = spawnGhsts(['policy', 'lint', ...args])
      assert.equal(status, 1)
      assert.doesNotMatch(`${stdout}${stderr}`.replaceAll('\n', ''), /\p{C}/u)
    }
  })

  it('ends quietly when nobody reads on', { skip: unless('bash', hasShell, 'bash') }, () => {
    const script = 'set -o pipefail; yes "{}" | "$@" | head -1'
    const args = ['-c', script, 'bash', process.execPath, ...LOADER, MAIN, 'policy', 'check', '--jsonl']
    const { status, stdout, stderr } = spawnSync('bash', args, { encoding: 'utf8', timeout: 60_000 })
    // The rightmost that failed: an answer that was cut off is no yes.
    assert.equal(status, 1)
    assert.match(stdout, /^\{[^\n]+\n$/)
    assert.doesNotMatch(stderr, /ghsts|EPIPE/)
  })

  it('tells a defect in one line, without its message', () => {
    const defect = 'process.stdout.write = () => { throw new TypeError("canary of a secret") }'
    const args = ['--import', `data:text/javascript,${defect}`, ...LOADER, MAIN, '--version']
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    assert.deepEqual([status, stdout], [2, ''])
    assert.match(stderr, /^ghsts: [^\n]*TypeError[^\n]*\n$/)
    assert.doesNotMatch(stderr, /canary/)
  })

  it('does not repeat a token from the command line', () => {
    const token = makeToken({ iss: ISSUER })
    const { status, stdout, stderr } = spawnGhsts(['policy', 'check', '--policy', 'x', '--token', token])
    assert.deepEqual([status, stdout], [2, ''])
    for (const part of token.split('.')) assert.ok(!stderr.includes(part))
  })
})

describe('ghsts on a terminal', { skip: unless('pty', hasPty, 'a pseudo-terminal by python3') }, () => {
  const onTerminal = (args: readonly string[], env: Readonly<Record<string, string>>): string => {
    const { status, stdout } = spawnSync('python3', ['-c', PTY, process.execPath, ...LOADER, MAIN, ...args], {
      env: { PATH: process.env['PATH'], TERM: 'xterm', ...env },
      encoding: 'utf8',
      timeout: 60_000,
    })
    assert.equal(status, 1, stdout)
    return stdout.replaceAll('\r\n', '\n')
  }

  it('shows the line with a caret under the column', (t) => {
    const bad = writeFileAt(
      makeFolder(t),
      'bad.sts.yaml',
      `${POLICY}\u65e5\u672c: { a: \u001b }\n${'#'.repeat(200)}\n`,
    )
    const lines = onTerminal(['policy', 'lint', bad], { NO_COLOR: '1' }).split('\n')
    assert.ok(lines[0]?.startsWith(`${bad}:5:10 error character_not_allowed `), lines.join('\n'))
    assert.deepEqual(lines.slice(1, 3), ['  5 | 日本: { a: ␛ }', '    |            ^'])
  })

  const colors: readonly (readonly [env: Readonly<Record<string, string>>, colored: boolean])[] = [
    [{}, true],
    [{ NO_COLOR: '1' }, false],
    [{ NO_COLOR: '' }, true],
    [{ TERM: 'dumb' }, false],
  ]
  for (const [env, colored] of colors) {
    it(`${colored ? 'colours' : 'does not colour'} with ${JSON.stringify(env)}`, (t) => {
      const bad = writeFileAt(makeFolder(t), 'bad.sts.yaml', BAD_POLICY)
      const output = onTerminal(['policy', 'lint', bad], env)
      assert.equal(output.includes('\u001b'), colored)
      assert.match(output, /5 \| (?:\S*\u001b\S*)?pull-requests: write\n/)
    })
  }
})
