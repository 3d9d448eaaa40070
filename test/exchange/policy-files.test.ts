import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { StsError } from '#pkg/errors'
import type { ReadResult } from '#pkg/policy'
import {
  createPolicyFiles,
  isOutage,
  type FileAnswer,
  type FilePlace,
  type FileReader,
  type FileReading,
  type PolicyFiles,
} from '../../pkg/exchange/policy-files.ts'

const PLACE: FilePlace = { owner: 'acme', repository: 'app', path: 'p.yaml' }
const HOUR_MS = 3_600_000

interface Value {
  readonly text: string
}

/** Any text is a value, but one that begins with `!`. */
function parse(bytes: Uint8Array): ReadResult<Value> {
  const text = Buffer.from(bytes).toString()
  if (!text.startsWith('!')) return { ok: true, value: { text }, diagnostics: [] }
  const where = { line: 1, column: 1, code: 'broken' }
  return {
    ok: false,
    diagnostics: [
      { ...where, severity: 'warning', message: 'a warning' },
      { ...where, severity: 'error', message: 'an error' },
    ],
  }
}

function found(text: string): FileReading {
  return { kind: 'found', bytes: Buffer.from(text), blob: 'b', etag: `"${text}"` }
}

interface Setup {
  readonly files: PolicyFiles<Value>
  readonly clock: { now: number }
  /** ETags that were asked with. */
  readonly asked: (string | undefined)[]
  readonly answers: (FileReading | Error)[]
  readonly read: (place?: Partial<FilePlace>) => Promise<FileAnswer<Value>>
  readonly reader: FileReader
}

function setUp(bytesOfValue = 1): Setup {
  const clock = { now: 0 }
  const asked: (string | undefined)[] = []
  const answers: (FileReading | Error)[] = []
  const files = createPolicyFiles<Value>({
    parse,
    sizeOf: () => bytesOfValue,
    freshForMs: 60_000,
    absentFreshForMs: 30_000,
    mayUseLastState: isOutage,
    now: () => clock.now,
  })
  const reader: FileReader = {
    accountId: 1,
    list: () => Promise.resolve(undefined),
    read(_, etag) {
      asked.push(etag)
      const answer = answers.shift() ?? new StsError('github_unavailable')
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
    },
  }
  const { signal } = new AbortController()
  return {
    files,
    clock,
    asked,
    answers,
    reader,
    read: (place) => files.read({ ...PLACE, ...place }, reader, { signal, isGuess: false }),
  }
}

function textOf({ state }: FileAnswer<Value>): string {
  if (state.kind === 'present') return state.value.text
  return state.kind === 'invalid' ? `invalid after ${state.lastPresent?.text}` : state.kind
}

describe('a file in memory', () => {
  test('is asked for with its ETag once its freshness has passed, and renewed by a 304', async () => {
    const { read, answers, asked, clock } = setUp()
    answers.push(found('a'), { kind: 'not_modified' })
    for (const time of [0, 59_999, 60_000, 119_999]) {
      clock.now = time
      assert.equal(textOf(await read()), 'a')
    }
    assert.deepEqual(asked, [undefined, '"a"'])
  })

  test('that is absent is asked for without one, after its own time', async () => {
    const { read, answers, asked, clock } = setUp()
    answers.push(found('a'), { kind: 'absent' }, found('b'))
    await read()
    clock.now = 60_000
    assert.equal(textOf(await read()), 'absent')
    clock.now = 89_999
    assert.equal(textOf(await read()), 'absent')
    clock.now = 90_000
    assert.equal(textOf(await read()), 'b')
    assert.deepEqual(asked, [undefined, '"a"', undefined])
  })

  for (const first of [undefined, { kind: 'absent' }, { ...found('a'), etag: undefined }] as const) {
    test(`a 304 to a question without an ETag is no answer: after ${first?.kind ?? 'nothing'}`, async () => {
      const { read, answers, clock } = setUp()
      if (first !== undefined) {
        answers.push(first)
        await read()
        clock.now = 60_000
      }
      answers.push({ kind: 'not_modified' })
      const failure = await read().then(({ failure: known }) => known?.reason, reasonOf)
      assert.equal(failure, 'github_answer_malformed')
    })
  }

  test('shares an entry between spellings of a repository, and nothing between files', async () => {
    const { read, answers, asked } = setUp()
    answers.push(found('a'), found('b'), found('c'))
    assert.equal(textOf(await read()), 'a')
    assert.equal(textOf(await read({ owner: 'ACME', repository: 'App' })), 'a')
    assert.equal(textOf(await read({ path: 'P.yaml' })), 'b')
    assert.equal(textOf(await read({ repository: '.app' })), 'c')
    assert.equal(asked.length, 3)
  })
})

describe('a file that breaks', () => {
  test('is invalid with its first error, and the last value it had', async () => {
    const { read, answers, clock } = setUp()
    answers.push(found('a'), found('!'), found('!!'), { kind: 'unusable', problem: 'directory' })
    await read()
    for (let changes = 0; changes < 3; changes++) {
      clock.now += 60_000
      const answer = await read()
      assert.equal(textOf(answer), 'invalid after a')
      assert.ok(answer.state.kind === 'invalid')
      assert.equal(answer.state.problem?.severity, 'error')
    }
  })

  test('after it was absent has no last value', async () => {
    const { read, answers, clock } = setUp()
    answers.push(found('a'), { kind: 'absent' }, found('!'))
    await read()
    clock.now += 60_000
    await read()
    clock.now += 60_000
    assert.equal(textOf(await read()), 'invalid after undefined')
  })

  test('counts with the value that is kept of it', async () => {
    const { read, answers, clock, asked } = setUp(10 * 1024 * 1024)
    answers.push(found('a'), found('!'), found('b'), found('c'))
    await read()
    clock.now = 60_000
    await read()
    await read({ path: 'other' })
    await read()
    assert.equal(asked.length, 4, 'two of 10 MiB do not fit into 16')
  })
})

describe('while GitHub cannot be asked', () => {
  test('the last state serves for an hour after its last confirmation, however often it is used', async () => {
    const { read, answers, clock } = setUp()
    answers.push(found('a'), { kind: 'not_modified' })
    await read()
    clock.now = 60_000
    await read()
    for (clock.now = 120_000; clock.now < 60_000 + HOUR_MS; clock.now += 60_000) {
      const answer = await read()
      assert.equal(textOf(answer), 'a')
      assert.equal(answer.failure?.reason, 'github_unavailable')
    }
    assert.equal(clock.now, 60_000 + HOUR_MS)
    assert.equal(await read().catch(reasonOf), 'github_unavailable')
  })

  test('it is left alone for a while, as long as it said but at most a minute', async () => {
    const { read, answers, asked, clock } = setUp()
    const limited = (retryAfterMs: number) => new StsError('github_rate_limited', { retryAfterMs })
    answers.push(found('a'), new StsError('github_timeout'), limited(10_000), limited(HOUR_MS))
    await read()
    for (const [time, calls] of [
      [60_000, 2],
      [61_999, 2],
      [62_000, 3],
      [71_999, 3],
      [72_000, 4],
      [131_999, 4],
      [132_000, 5],
    ] as const) {
      clock.now = time
      await read()
      assert.equal(asked.length, calls, `at ${time}`)
    }
  })

  test('a failure that is an answer leaves the last state out', async () => {
    const { read, answers, clock } = setUp()
    answers.push(found('a'), new StsError('installation_missing'), new StsError('unexpected'))
    await read()
    clock.now = 60_000
    assert.equal(await read().catch(reasonOf), 'installation_missing')
    assert.equal(await read().catch(reasonOf), 'unexpected')
  })

  test('a file that was never seen is a failure each time, never absent', async () => {
    const { read, answers } = setUp()
    answers.push(new StsError('github_timeout'), new StsError('github_rate_limited'), found('a'))
    assert.equal(await read().catch(reasonOf), 'github_timeout')
    assert.equal(await read().catch(reasonOf), 'github_rate_limited')
    assert.equal(textOf(await read()), 'a')
  })
})

describe('callers at the same time', () => {
  /** A reader whose answer waits for `answer`. */
  function slowReader(accountId: number) {
    const waiting: ((reading: FileReading) => void)[] = []
    const signals: AbortSignal[] = []
    const reader: FileReader = {
      accountId,
      list: () => Promise.resolve(undefined),
      read(_, __, { signal }) {
        signals.push(signal)
        return new Promise((resolve, reject) => {
          waiting.push(resolve)
          signal.addEventListener('abort', () => {
            reject(new StsError('caller_gone'))
          })
        })
      },
    }
    return {
      reader,
      signals,
      answer: (reading: FileReading): void => {
        for (const resolve of waiting) resolve(reading)
      },
    }
  }

  test('share one question; one who leaves takes nothing from the others', async () => {
    const { files } = setUp()
    const { reader, signals, answer } = slowReader(1)
    const leaving = new AbortController()
    const staying = new AbortController()
    const gone = files.read(PLACE, reader, { signal: leaving.signal, isGuess: false }).catch(reasonOf)
    const served = files.read(PLACE, reader, { signal: staying.signal, isGuess: false })
    leaving.abort(new StsError('caller_gone'))
    assert.equal(await gone, 'caller_gone')
    answer(found('a'))
    assert.equal(textOf(await served), 'a')
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [false],
    )
  })

  test('when all have left, the question is stopped and nothing is remembered of it', async () => {
    const { files, read, answers } = setUp()
    const { reader, signals } = slowReader(1)
    const leaving = new AbortController()
    const gone = files.read(PLACE, reader, { signal: leaving.signal, isGuess: false }).catch(reasonOf)
    leaving.abort(new StsError('deadline_passed'))
    assert.equal(await gone, 'deadline_passed')
    assert.equal(signals[0]?.aborted, true)
    answers.push(found('a'))
    assert.equal(textOf(await read()), 'a')
  })

  test('share nothing when the name stands for different accounts', async () => {
    const { files } = setUp()
    const [former, current] = [slowReader(1), slowReader(2)]
    const { signal } = new AbortController()
    const reads = [
      files.read(PLACE, former.reader, { signal, isGuess: false }),
      files.read(PLACE, current.reader, { signal, isGuess: false }),
    ]
    former.answer(found('a'))
    current.answer(found('b'))
    assert.deepEqual((await Promise.all(reads)).map(textOf), ['a', 'b'])
  })
})

describe('strangers', () => {
  test('do not displace a file that served a grant, however many files they ask for', async () => {
    const { files, read, answers, asked, reader } = setUp(1024)
    answers.push(found('a'))
    await read()
    files.vouchFor(PLACE)
    const absent: FileReader = { ...reader, read: () => Promise.resolve({ kind: 'absent' }) }
    const { signal } = new AbortController()
    for (let number = 0; number < 25_000; number++) {
      await files.read({ ...PLACE, path: `made-up-${number}` }, absent, { signal, isGuess: false })
    }
    assert.equal(textOf(await read()), 'a')
    assert.equal(asked.length, 1)
  })
})

function reasonOf(thrown: unknown): string {
  return thrown instanceof StsError ? thrown.reason : String(thrown)
}
