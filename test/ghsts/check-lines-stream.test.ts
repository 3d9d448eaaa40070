import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable, Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { describe, test } from 'node:test'
import { checkLines } from '../../cmd/ghsts/check-lines.ts'
import { answersTo, ROW } from './support/check-lines.ts'
import { finish, startGhsts } from './support/ghsts-process.ts'

describe('lines', () => {
  const line = JSON.stringify(ROW)

  test('end at line feeds alone, and the last one needs none', async () => {
    assert.equal((await answersTo(`${line}\r\n${line}`)).length, 2)
    assert.equal((await answersTo(JSON.stringify({ ...ROW, id: 'a\u2028b\u0085c' }))).length, 1)
    assert.deepEqual(Object.keys((await answersTo(`${line}\r${line}\n`))[0] ?? {}), ['error'])
    assert.deepEqual(await answersTo(''), [])
  })

  test('may have a megabyte, and not a byte more', async () => {
    const most = line + ' '.repeat(1024 * 1024 - line.length)
    const answers = await answersTo(`${most}\n${most} \n${line}\n${most} `)
    assert.deepEqual(
      answers.map((answer) => answer['verdict'] ?? Object.keys(answer)),
      ['valid', ['error'], 'valid', ['error']],
    )
  })

  test('may come in pieces, characters too', async (t) => {
    const child = startGhsts(t, ['policy', 'check', '--jsonl'])
    const bytes = Buffer.from(`${JSON.stringify({ ...ROW, id: 'ü€😀' })}\n`)
    for (const byte of bytes) {
      child.stdin.write(Buffer.of(byte))
      await setImmediate()
    }
    const { stdout } = await finish(child)
    assert.equal((JSON.parse(stdout) as { id: string }).id, 'ü€😀')
  })

  test('are answered at once', async (t) => {
    const child = startGhsts(t, ['policy', 'check', '--jsonl'])
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    for (const id of [1, 2, 3]) {
      child.stdin.write(`${JSON.stringify({ ...ROW, id })}\n`)
      const answer: IteratorResult<string, unknown> = await answers.next()
      assert.equal((JSON.parse(String(answer.value)) as { id: number }).id, id)
    }
    assert.equal((await finish(child)).status, 0)
  })

  test('are not read while nobody takes the answers', async () => {
    let given = 0
    function* lines(): Generator<string> {
      for (; given < 1_000; given++) yield `${line}\n`
    }
    let taken = 0
    let takeAll: (() => void) | undefined
    const stdout = new Writable({
      highWaterMark: 1,
      write(_chunk, _encoding, done) {
        taken++
        if (takeAll === undefined) takeAll = done
        else done()
      },
    })
    const stdin = Readable.from(lines(), { objectMode: false })
    const checking = checkLines({ stdin, stdout, stderr: stdout, env: {}, color: false })
    while (takeAll === undefined) await setImmediate()
    for (let turn = 0; turn < 100; turn++) await setImmediate()
    assert.equal(taken, 1)
    assert.ok(given < 1_000)
    takeAll()
    assert.equal(await checking, 0)
    assert.equal(taken, 1_000)
  })
})

const MEMORY_MARGIN_KIB = 64 * 1024

test(
  '100,000 lines take no more memory than 10,000',
  { skip: process.platform === 'linux' ? false : 'there is no /proc' },
  async (t) => {
    const child = startGhsts(t, ['policy', 'check', '--jsonl'])
    const peak = (): number => {
      const status = readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8')
      return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1])
    }
    // 200 MB in all, of which nothing has to stay.
    const line = `${JSON.stringify({ id: 1, level: 'repository', policy: 'x', pad: 'p'.repeat(2_000) })}\n`
    const hundred = line.repeat(100)
    let answered = 0
    const waiting = new Map<number, () => void>()
    child.stdout.on('data', (chunk: Buffer) => {
      for (const byte of chunk) {
        if (byte !== 0x0a) continue
        waiting.get(++answered)?.()
      }
    })
    const feed = async (count: number): Promise<void> => {
      const all = new Promise<void>((resolve) => waiting.set(answered + count, resolve))
      for (let sent = 0; sent < count; sent += 100) {
        if (!child.stdin.write(hundred)) await new Promise((resolve) => child.stdin.once('drain', resolve))
      }
      await all
    }
    await feed(10_000)
    const before = peak()
    await feed(90_000)
    assert.ok(peak() - before < MEMORY_MARGIN_KIB, `${before} kB became ${peak()} kB`)
    assert.equal((await finish(child)).status, 0)
  },
)
