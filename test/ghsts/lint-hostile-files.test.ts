import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, closeSync, existsSync, ftruncateSync, mkdirSync, openSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { DOCUMENT_MAX_BYTES } from '#pkg/policy'
import { unless } from '../support/requirement.ts'
import { makeFolder, POLICY, writeFileAt } from './support/files.ts'
import { runGhsts } from './support/ghsts.ts'

const isRoot = process.getuid?.() === 0
const hasFifos = spawnSync('mkfifo', ['--version']).status === 0

/** Lints something that is no policy, between two policies that are. */
async function lintBetween(t: TestContext, file: string): Promise<readonly string[]> {
  const folder = makeFolder(t)
  const before = writeFileAt(folder, 'before.sts.yaml', `${POLICY}x: 1\n`)
  const behind = writeFileAt(folder, 'behind.sts.yaml', `${POLICY}x: 1\n`)
  const { status, stdout } = await runGhsts(['policy', 'lint', before, file, behind])
  assert.equal(status, 1)
  const lines = stdout.trimEnd().split('\n')
  assert.ok(lines[0]?.startsWith(`${before}:5:1 error unknown_field `), stdout)
  assert.ok(lines.at(-1)?.startsWith(`${behind}:5:1 error unknown_field `), stdout)
  return lines.slice(1, -1).map((line) => line.slice(file.length).split(' ').slice(0, 3).join(' '))
}

describe('a file that is no policy', () => {
  it('does not exist', async (t) => {
    assert.deepEqual(await lintBetween(t, join(makeFolder(t), 'x.sts.yaml')), [':1:1 error file_missing'])
  })

  it('is below a file', async (t) => {
    const file = writeFileAt(makeFolder(t), 'x.sts.yaml', POLICY)
    assert.deepEqual(await lintBetween(t, join(file, 'y.sts.yaml')), [':1:1 error file_missing'])
  })

  it('is a directory', async (t) => {
    assert.deepEqual(await lintBetween(t, makeFolder(t)), [':1:1 error file_is_directory'])
  })

  it('is a symbolic link to itself', async (t) => {
    const file = join(makeFolder(t), 'x.sts.yaml')
    symlinkSync(file, file)
    assert.deepEqual(await lintBetween(t, file), [':1:1 error file_unreadable'])
  })

  it('is a directory through a symbolic link', async (t) => {
    const folder = makeFolder(t)
    mkdirSync(join(folder, 'directory'))
    symlinkSync(join(folder, 'directory'), join(folder, 'x.sts.yaml'))
    assert.deepEqual(await lintBetween(t, join(folder, 'x.sts.yaml')), [':1:1 error file_is_directory'])
  })

  it('may not be read', { skip: unless('non-root', !isRoot, 'a user other than root') }, async (t) => {
    const file = writeFileAt(makeFolder(t), 'x.sts.yaml', POLICY)
    chmodSync(file, 0)
    assert.deepEqual(await lintBetween(t, file), [':1:1 error file_unreadable'])
  })

  it('is a pipe that nobody writes to', { skip: unless('mkfifo', hasFifos, 'mkfifo') }, async (t) => {
    const file = join(makeFolder(t), 'x.sts.yaml')
    assert.equal(spawnSync('mkfifo', [file]).status, 0)
    assert.deepEqual(await lintBetween(t, file), [':1:1 error file_not_regular'])
  })

  it('is a device', { skip: unless('dev-zero', existsSync('/dev/zero'), '/dev/zero') }, async (t) => {
    assert.deepEqual(await lintBetween(t, '/dev/zero'), [':1:1 error file_not_regular'])
  })

  it('is a gibibyte, of which next to nothing is read', async (t) => {
    const file = writeFileAt(makeFolder(t), 'x.sts.yaml', POLICY)
    const descriptor = openSync(file, 'r+')
    ftruncateSync(descriptor, 2 ** 30)
    closeSync(descriptor)
    const before = process.memoryUsage().rss
    assert.deepEqual(await lintBetween(t, file), [':1:1 error too_large'])
    assert.ok(process.memoryUsage().rss - before < 256 * 1024 * 1024)
  })

  it('is a byte too large', async (t) => {
    const file = writeFileAt(makeFolder(t), 'x.sts.yaml', POLICY.padEnd(DOCUMENT_MAX_BYTES + 1, '#'))
    assert.deepEqual(await lintBetween(t, file), [':1:1 error too_large'])
  })

  it('is not UTF-8', async (t) => {
    const file = writeFileAt(makeFolder(t), 'x.sts.yaml', Buffer.from([0x69, 0xff, 0xfe]))
    assert.deepEqual(await lintBetween(t, file), [':1:1 error not_utf8'])
  })

  it('is empty', async (t) => {
    const found = await lintBetween(t, writeFileAt(makeFolder(t), 'x.sts.yaml', ''))
    assert.equal(found.length > 0, true)
    assert.match(found.join(), /error/)
  })
})

describe('a policy of the largest size', () => {
  it('is read to its end', async (t) => {
    const text = `${POLICY.padEnd(DOCUMENT_MAX_BYTES - 5, '#')}\nx: 1`
    const file = writeFileAt(makeFolder(t), 'x.sts.yaml', text)
    const { stdout } = await runGhsts(['policy', 'lint', file])
    assert.match(stdout, /error unknown_field/)
  })
})
