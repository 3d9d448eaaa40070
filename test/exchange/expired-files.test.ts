import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { StsError } from '#pkg/errors'
import {
  createPolicyFiles,
  isOutage,
  type FilePlace,
  type FileReading,
} from '../../pkg/exchange/policy-files.ts'

const PLACE: FilePlace = { owner: 'Acme', repository: 'App', path: 'p.yaml' }
const { signal } = new AbortController()

function setUp() {
  const answers: (FileReading | Error | Promise<FileReading>)[] = []
  const asked: (string | undefined)[] = []
  const files = createPolicyFiles<{ readonly text: string }>({
    parse(bytes) {
      const text = Buffer.from(bytes).toString()
      return text === 'broken'
        ? {
            ok: false,
            diagnostics: [{ severity: 'error', code: 'broken', message: 'broken', line: 1, column: 1 }],
          }
        : { ok: true, value: { text }, diagnostics: [] }
    },
    sizeOf: () => 1,
    freshForMs: 60_000,
    absentFreshForMs: 60_000,
    mayUseLastState: isOutage,
    now: () => 1_000,
  })
  const reader = {
    accountId: 1,
    list: () => Promise.resolve(undefined),
    read: async (_: FilePlace, etag: string | undefined): Promise<FileReading> => {
      asked.push(etag)
      const answer = await (answers.shift() ?? new StsError('unexpected'))
      if (answer instanceof Error) throw answer
      return answer
    },
  }
  const read = (place: Partial<FilePlace> = {}) =>
    files.read({ ...PLACE, ...place }, reader, { signal, isGuess: false })
  return { files, answers, asked, read }
}

function found(text: string): FileReading {
  return { kind: 'found', bytes: Buffer.from(text), blob: 'b', etag: `"${text}"` }
}

describe('files that a delivery says are out of date', () => {
  test('are asked for again, conditionally, although they are fresh', async () => {
    const { files, answers, asked, read } = setUp()
    answers.push(found('one'), { kind: 'not_modified' })
    await read()
    files.expire('acme', 'app')
    const { state } = await read()
    assert.deepEqual(asked, [undefined, '"one"'])
    assert.equal(state.kind, 'present')
    await read()
    assert.equal(asked.length, 2, 'what GitHub has confirmed is fresh again')
  })

  test('are absent ones, too', async () => {
    const { files, answers, read } = setUp()
    answers.push({ kind: 'absent' }, found('two'))
    await read()
    files.expire('acme', 'app')
    assert.equal((await read()).state.kind, 'present')
  })

  test('are those of one repository alone, or all of an owner', async () => {
    const { files, answers, asked, read } = setUp()
    answers.push(found('a'), found('b'), found('c'), found('d'))
    await read()
    await read({ repository: 'app2' })
    files.expire('acme', 'app')
    await read({ repository: 'app2' })
    assert.equal(asked.length, 2)
    files.expire('acme')
    await read({ repository: 'app2' })
    assert.equal(asked.length, 3)
    files.expire('acm')
    await read({ repository: 'app2' })
    assert.equal(asked.length, 3, 'an owner whose name begins alike is another one')
  })

  test('are not those of others, not even what is being asked for', async () => {
    const { files, answers, asked, read } = setUp()
    let resolve: (reading: FileReading) => void = () => undefined
    answers.push(
      new Promise<FileReading>((settle) => {
        resolve = settle
      }),
      found('again'),
    )
    const first = read()
    files.expire('mallory', 'app')
    files.expire('acme', 'app2')
    resolve(found('one'))
    await first
    await read()
    assert.equal(asked.length, 1)
  })

  test('are not used while GitHub cannot be asked', async () => {
    const { files, answers, read } = setUp()
    answers.push(found('one'), new StsError('github_unavailable'))
    await read()
    files.expire('acme', 'app')
    await assert.rejects(read(), { reason: 'github_unavailable' })
  })

  test('still say what was valid last, should the file be broken now', async () => {
    const { files, answers, read } = setUp()
    answers.push(found('one'), found('broken'))
    await read()
    files.expire('acme', 'app')
    const { state } = await read()
    assert.deepEqual(state.kind === 'invalid' ? state.lastPresent : state, { text: 'one' })
  })

  test('are asked for once more when the news came while they were being read', async () => {
    const { files, answers, asked, read } = setUp()
    let resolve: (reading: FileReading) => void = () => undefined
    const promise = new Promise<FileReading>((settle) => {
      resolve = settle
    })
    answers.push(promise, found('new'))
    const first = read()
    files.expire('acme', 'app')
    resolve(found('old'))
    await first
    const { state } = await read()
    assert.equal(asked.length, 2)
    assert.deepEqual(state.kind === 'present' ? state.value : state, { text: 'new' })
  })
})
