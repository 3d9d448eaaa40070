import assert from 'node:assert/strict'
import { Readable, Writable } from 'node:stream'
import { test } from 'node:test'
import type { Terminal } from '../../cmd/ghsts/command.ts'
import { readTokenInput } from '../../cmd/ghsts/token-input.ts'
import { UsageError } from '../../cmd/ghsts/usage-error.ts'

/** A terminal whose input comes in pieces. */
function createTerminal(input: Iterable<string> | AsyncIterable<string>, isTTY = false) {
  const said: string[] = []
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      said.push(chunk.toString())
      done()
    },
  })
  const stdin = Object.assign(Readable.from(input, { objectMode: false }), { isTTY })
  const terminal: Terminal = { stdin, stdout: sink, stderr: sink, env: {}, color: false }
  return { terminal, said }
}

for (const pieces of [
  ['token'],
  ['tok', 'en'],
  ['token\n'],
  ['token', '\r\n'],
  ['\ufeff', ' \n', 't', 'oken', ' \r\n\n'],
  ['token', ' '.repeat(60_000)],
]) {
  test(`takes the token out of ${JSON.stringify(pieces).slice(0, 60)}`, async () => {
    const { terminal, said } = createTerminal(pieces)
    assert.equal(await readTokenInput(terminal), 'token')
    assert.deepEqual(said, [])
  })
}

for (const pieces of [
  [],
  [''],
  ['\n'],
  ['\ufeff\r\n'],
  ['a b'],
  ['a\nb'],
  ['a\u0000b'],
  ['\u00e9'],
  ['a'.repeat(65_537)],
]) {
  test(`finds no token in ${JSON.stringify(pieces).slice(0, 60)}`, async () => {
    await assert.rejects(readTokenInput(createTerminal(pieces).terminal), UsageError)
  })
}

test('does not read an input that never ends', async () => {
  let given = 0
  function* endless(): Generator<string> {
    for (;;) {
      given++
      yield 'a'.repeat(1024)
    }
  }
  await assert.rejects(readTokenInput(createTerminal(endless()).terminal), UsageError)
  assert.ok(given < 1_000)
})

test('says so where the input cannot be read', async () => {
  const stdin = new Readable({
    read() {
      this.destroy(Object.assign(new Error('read failed'), { code: 'EISDIR' }))
    },
  })
  await assert.rejects(readTokenInput({ ...createTerminal([]).terminal, stdin }), UsageError)
})

test('says on a terminal that it waits', async () => {
  const { terminal, said } = createTerminal(['token\n'], true)
  assert.equal(await readTokenInput(terminal), 'token')
  assert.equal(said.length, 1)
})
