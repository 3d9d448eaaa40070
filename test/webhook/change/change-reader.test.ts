import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ChangedFile } from '#pkg/github'
import { createChangeReader } from '../../../pkg/webhook/change/change-reader.ts'
import type { FileSource } from '../../../pkg/webhook/event/review-request.ts'

const HEAD = 'a'.repeat(40)
const BASE = 'b'.repeat(40)
const BLOB = 'c'.repeat(40)
const FOLDER = '.github/chainguard'
const A = `${FOLDER}/a.sts.yaml`
const TARGET = { owner: 'acme', repository: 'app', installationId: 9, accountId: 42 }
const COMPARISON: FileSource = { kind: 'comparison', base: BASE, isTarget: true }

interface Answers {
  readonly files?: readonly Partial<ChangedFile>[]
  /** Whether GitHub shows all files of the comparison. */
  readonly complete?: boolean
  /** Names in the folder. */
  readonly folder?: readonly string[]
}

/** What a commit changes, by what GitHub says of it; and the calls that it took. */
async function readChange(
  sources: readonly FileSource[],
  { files = [], complete = true, folder = [] }: Answers,
) {
  const calls: string[] = []
  const reader = createChangeReader({
    orgPolicyRepo: '.github',
    reviews: {
      readFileAt: () => Promise.reject(new Error('nothing is read')),
      compareCommits: () => {
        calls.push('compare')
        const all = files.map(
          (file) => ({ path: A, status: 'modified', previousPath: undefined, blob: BLOB, ...file }) as const,
        )
        return Promise.resolve({ files: all, complete })
      },
      listFolder: () => {
        calls.push('list')
        const entries = folder.map(
          (name) => ({ name, path: `${FOLDER}/${name}`, kind: 'file', blob: BLOB }) as const,
        )
        return Promise.resolve({ entries, complete: true })
      },
      createCheckRun: () => Promise.reject(new Error('nothing is written')),
      updateCheckRun: () => Promise.reject(new Error('nothing is written')),
      findUnseenRepositories: () => Promise.resolve([]),
    },
  })
  const request = { target: TARGET, headSha: HEAD, sources, isFromFork: false }
  const { policies, gap } = await reader.read(request, AbortSignal.timeout(10_000))
  return { policies, gap, calls, again: () => reader.read(request, AbortSignal.timeout(10_000)) }
}

describe('the version before is', () => {
  const cases: readonly (readonly [name: string, file: Partial<ChangedFile>, before: string | undefined])[] =
    [
      ['the file itself where it was modified', { status: 'modified' }, A],
      ['none where it was added', { status: 'added' }, undefined],
      [
        'under its old name where it was renamed',
        { status: 'renamed', previousPath: `${FOLDER}/b.sts.yaml` },
        `${FOLDER}/b.sts.yaml`,
      ],
      ['none where it was no policy', { status: 'renamed', previousPath: 'b.txt' }, undefined],
      [
        'none where it was a file below a folder named like a policy',
        { status: 'renamed', previousPath: `${FOLDER}/b.sts.yaml/x` },
        undefined,
      ],
      ['the file itself where only its mode has changed', { status: 'changed' }, A],
    ]
  for (const [name, file, before] of cases) {
    test(name, async () => {
      const { policies } = await readChange([COMPARISON], { files: [file] })
      const there = policies.find((policy) => policy.file.path === A)
      assert.deepEqual(there?.before, before === undefined ? undefined : { path: before, ref: BASE })
    })
  }
})

describe('the object of a policy is', () => {
  test('that of the comparison', async () => {
    const { policies } = await readChange([COMPARISON], { files: [{}] })
    assert.equal(policies[0]?.blob, BLOB)
  })

  test('null where the comparison does not tell it', async () => {
    const { policies } = await readChange([COMPARISON], { files: [{ blob: undefined, status: 'changed' }] })
    assert.equal(policies[0]?.blob, null)
  })

  test('still null where the payload of a push, which tells of none, comes after it', async () => {
    const listed: FileSource = { kind: 'listed', base: BASE, files: [{ path: A, state: 'changed' }] }
    for (const sources of [
      [COMPARISON, listed],
      [listed, COMPARISON],
    ]) {
      const { policies } = await readChange(sources, { files: [{ blob: undefined, status: 'changed' }] })
      assert.equal(policies[0]?.blob, null)
    }
  })

  test('not told by the payload of a push', async () => {
    const { policies, calls } = await readChange(
      [{ kind: 'listed', base: BASE, files: [{ path: A, state: 'changed' }] }],
      {},
    )
    assert.equal(policies[0]?.blob, undefined)
    assert.deepEqual(calls, [])
  })

  test('that of the folder where the comparison is cut', async () => {
    const { policies, calls } = await readChange([COMPARISON], {
      files: [{ blob: undefined }],
      complete: false,
      folder: ['a.sts.yaml', 'b.sts.yaml'],
    })
    assert.deepEqual(
      policies.map(({ blob }) => blob),
      [BLOB, BLOB],
    )
    assert.deepEqual(calls, ['compare', 'list'])
  })
})

test('no source is asked for twice', async () => {
  const { calls, again } = await readChange([COMPARISON], { files: [{}] })
  await again()
  assert.deepEqual(calls, ['compare'])
})

test('a policy that one source has seen is there, whatever another says', async () => {
  const { policies } = await readChange(
    [{ kind: 'listed', base: BASE, files: [{ path: A, state: 'removed' }] }, COMPARISON],
    { files: [{}] },
  )
  assert.deepEqual(
    policies.map(({ presence }) => presence),
    ['there'],
  )
})

test('more than 100 policies are a gap', async () => {
  const files = Array.from({ length: 101 }, (_, at) => ({ path: `${FOLDER}/p${at}.sts.yaml` }))
  const { policies, gap } = await readChange([COMPARISON], { files })
  assert.equal(policies.length, 100)
  assert.match(gap ?? '', /101 policies/)
})
