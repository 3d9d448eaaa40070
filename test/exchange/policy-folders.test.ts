import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { StsError } from '#pkg/errors'
import type { FilePlace, FileReader } from '../../pkg/exchange/policy-files.ts'
import { createPolicyFolders, type PolicyFolders } from '../../pkg/exchange/policy-folders.ts'

const FOLDER = '.github/chainguard'
const place = (name: string, repository = 'app', owner = 'acme'): FilePlace => ({
  owner,
  repository,
  path: `${FOLDER}/${name}.sts.yaml`,
})
const MADE_UP = place('made-up')

type Listing = readonly string[] | undefined | Error

interface Setup {
  readonly folders: PolicyFolders
  readonly clock: { now: number }
  readonly listed: FilePlace[]
  /** What the next listings have: names; undefined: not all of them; or how they fail. */
  readonly answers: (Listing | Promise<Listing>)[]
  readonly reader: FileReader
  readonly miss: (missed?: FilePlace, reader?: FileReader) => Promise<void>
  readonly lookUp: (name: string, repository?: string, owner?: string) => string
}

function setUp(): Setup {
  const clock = { now: 0 }
  const listed: FilePlace[] = []
  const answers: Setup['answers'] = []
  const folders = createPolicyFolders({ freshForMs: 30_000, now: () => clock.now })
  const reader: FileReader = {
    accountId: 1,
    read: () => assert.fail('only lists'),
    async list(folder) {
      listed.push(folder)
      const names = await answers.shift()
      if (names instanceof Error) throw names
      return names && new Set(names.map((name) => `${FOLDER}/${name}`))
    },
  }
  return {
    folders,
    clock,
    listed,
    answers,
    reader,
    async miss(missed = MADE_UP, by = reader) {
      folders.missed(missed, by)
      await setImmediate()
    },
    lookUp: (name, repository, owner) => folders.lookUp(place(name, repository, owner), 1),
  }
}

describe('the listing of a folder', () => {
  test('is asked for after the first name that was missed, once', async () => {
    const { miss, listed, lookUp, answers } = setUp()
    assert.equal(lookUp('reader'), 'unknown')
    answers.push(['reader.sts.yaml'])
    await miss()
    await miss(place('made-up-2'))
    assert.deepEqual(listed, [{ owner: 'acme', repository: 'app', path: FOLDER }])
    assert.equal(lookUp('reader'), 'listed')
    assert.equal(lookUp('made-up-3'), 'absent')
  })

  test('is one for all who miss something at the same time', async () => {
    const { folders, reader, listed, answers } = setUp()
    answers.push([])
    for (let number = 0; number < 100; number++) folders.missed(place(`made-up-${number}`), reader)
    await setImmediate()
    assert.equal(listed.length, 1)
  })

  test('is of one repository, in any spelling, while identities are case-sensitive', async () => {
    const { miss, lookUp, answers } = setUp()
    answers.push(['reader.sts.yaml'])
    await miss()
    assert.equal(lookUp('reader', 'APP', 'Acme'), 'listed')
    assert.equal(lookUp('READER'), 'absent')
    assert.equal(lookUp('reader', 'docs'), 'unknown')
    assert.equal(lookUp('reader', 'app', 'initech'), 'unknown')
  })

  test('of a folder that is not there proves that nothing is in it', async () => {
    const { miss, lookUp, answers } = setUp()
    answers.push([])
    await miss()
    assert.equal(lookUp('reader'), 'absent')
  })

  test('that is not complete proves nothing, and is not asked for again while it is fresh', async () => {
    const { miss, lookUp, answers, listed, clock } = setUp()
    answers.push(undefined, ['reader.sts.yaml'])
    await miss()
    assert.equal(lookUp('made-up'), 'unknown')
    assert.equal(lookUp('reader'), 'unknown')
    await miss()
    assert.equal(listed.length, 1)
    clock.now = 30_000
    await miss()
    assert.equal(lookUp('made-up'), 'absent')
  })

  test('that failed proves nothing; the next miss asks again', async () => {
    const { miss, lookUp, answers, listed } = setUp()
    answers.push(new StsError('github_unavailable'), ['reader.sts.yaml'])
    await miss()
    assert.equal(lookUp('made-up'), 'unknown')
    await miss()
    assert.equal(listed.length, 2)
    assert.equal(lookUp('made-up'), 'absent')
  })

  test('counts for its time, and not a moment longer', async () => {
    const { miss, lookUp, answers, clock } = setUp()
    answers.push([])
    await miss()
    clock.now = 29_999
    assert.equal(lookUp('reader'), 'absent')
    clock.now = 30_000
    assert.equal(lookUp('reader'), 'unknown')
  })

  test('counts for the account that had the name when it was made', async () => {
    const { folders, miss, answers, reader, listed } = setUp()
    answers.push(['reader.sts.yaml'], [])
    await miss()
    assert.equal(folders.lookUp(place('reader'), 2), 'unknown')
    await miss(MADE_UP, { ...reader, accountId: 2 })
    assert.equal(listed.length, 2)
    assert.equal(folders.lookUp(place('reader'), 2), 'absent')
    assert.equal(folders.lookUp(place('reader'), 1), 'unknown')
  })

  test('with hostile names proves what it proves', async () => {
    const { miss, lookUp, answers } = setUp()
    answers.push([
      '__proto__',
      'constructor.sts.yaml',
      'a/b.sts.yaml',
      '..',
      'reader.sts.yaml\n',
      'reader.STS.yaml',
      'x'.repeat(4_000),
    ])
    await miss()
    for (const name of ['reader', '__proto__', 'toString', 'hasOwnProperty'])
      assert.equal(lookUp(name), 'absent', name)
    assert.equal(lookUp('constructor'), 'listed')
  })

  test('is forgotten where it was found, with all of a repository, an owner, or everyone', async () => {
    for (const { forget, kept } of [
      {
        forget: (folders: PolicyFolders) => {
          folders.expire('ACME', 'App')
        },
        kept: ['docs', 'appendix'],
      },
      {
        forget: (folders: PolicyFolders) => {
          folders.expire('Acme')
        },
        kept: [],
      },
      {
        forget: (folders: PolicyFolders) => {
          folders.expire('ac')
        },
        kept: ['app', 'docs', 'appendix'],
      },
      {
        forget: (folders: PolicyFolders) => {
          folders.forgetAll()
        },
        kept: [],
      },
    ]) {
      const { folders, miss, lookUp, answers } = setUp()
      for (const repository of ['app', 'docs', 'appendix']) {
        answers.push([])
        await miss(place('made-up', repository))
      }
      forget(folders)
      assert.deepEqual(
        ['app', 'docs', 'appendix'].filter((repository) => lookUp('made-up', repository) === 'absent'),
        kept,
      )
    }
  })

  for (const { name, forget } of [
    {
      name: 'the repository',
      forget: (folders: PolicyFolders) => {
        folders.expire('acme', 'app')
      },
    },
    {
      name: 'everything',
      forget: (folders: PolicyFolders) => {
        folders.forgetAll()
      },
    },
  ]) {
    test(`that was under way when ${name} was forgotten may be from before, and proves nothing`, async () => {
      const { folders, miss, lookUp, answers } = setUp()
      let answer: (names: Listing) => void = () => undefined
      answers.push(new Promise((resolve) => (answer = resolve)), ['reader.sts.yaml'])
      await miss()
      forget(folders)
      answer([])
      await setImmediate()
      assert.equal(lookUp('reader'), 'unknown')
      await miss()
      assert.equal(lookUp('reader'), 'listed')
    })
  }

  test('is kept of a bounded number of folders, those that were made last', async () => {
    const { miss, lookUp, answers } = setUp()
    for (let number = 0; number < 5_001; number++) {
      answers.push([])
      await miss(place('made-up', `app-${number}`))
    }
    assert.equal(lookUp('made-up', 'app-0'), 'unknown')
    assert.equal(lookUp('made-up', 'app-5000'), 'absent')
  })

  test('is kept by what its names weigh', async () => {
    const { miss, lookUp, answers } = setUp()
    const names = Array.from({ length: 999 }, (_, number) => `${number}${'x'.repeat(3_500)}`)
    for (const repository of ['a', 'b', 'c']) {
      answers.push(names)
      await miss(place('made-up', repository))
    }
    assert.deepEqual(
      ['a', 'b', 'c'].map((repository) => lookUp('made-up', repository)),
      ['unknown', 'absent', 'absent'],
    )
  })
})
