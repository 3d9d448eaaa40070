import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { StsError } from '#pkg/errors'
import { readComparison, type ChangedFile } from '../../pkg/github/changed-files.ts'
import { readCheckRun } from '../../pkg/github/check-run.ts'
import { readFileContents } from '../../pkg/github/file-contents.ts'
import { readFolderListing } from '../../pkg/github/folder-listing.ts'
import type { GitHubAnswer } from '../../pkg/github/github-client.ts'
import { readHookDeliveries } from '../../pkg/github/hook-deliveries.ts'
import { nextPageOf } from '../../pkg/github/link-header.ts'

const SHA = 'a'.repeat(40)
const NO_OBJECT_IDS = [
  '',
  'a'.repeat(39),
  'a'.repeat(41),
  'A'.repeat(40),
  `${SHA}\n`,
  'g'.repeat(40),
  7,
  [SHA],
]

const answerOf = (body: string, headers: Record<string, string> = {}): GitHubAnswer => ({
  status: 200,
  headers,
  body: Buffer.from(body),
  message: '',
})
const readJson =
  (read: (answer: GitHubAnswer) => unknown) =>
  (body: unknown): unknown =>
    read(answerOf(JSON.stringify(body)))

const file = { filename: 'a', status: 'renamed', previous_filename: 'b', sha: SHA, patch: '@@' }
const entry = { name: 'a', path: 'd/a', type: 'file', size: 1, sha: SHA, download_url: 'https://x' }
const pullRequest = { number: 7, head: { sha: SHA, ref: 'topic' }, base: { sha: SHA, ref: 'main' } }
const delivery = {
  id: 5,
  guid: 'g',
  delivered_at: '2026-08-01T12:00:00Z',
  redelivery: false,
  status_code: 500,
  event: 'push',
  action: null,
  repository_id: 9,
}

/** What each reader takes, and whether what it gives has only members of the right kind. */
const READERS = [
  {
    name: 'comparison',
    read: readComparison,
    sample: { files: [file, { ...file, previous_filename: undefined, status: 'added' }] },
    isSound: ({ files, complete }: ReturnType<typeof readComparison>) =>
      typeof complete === 'boolean' && files.every(isSoundFile),
  },
  {
    name: 'listing of a folder',
    read: readFolderListing,
    sample: { type: 'dir', entries: [entry, { ...entry, type: 'dir' }] },
    isSound: (listing: ReturnType<typeof readFolderListing>) =>
      listing === undefined ||
      listing.entries.every(
        ({ name, path, kind, blob }) =>
          isText(name) &&
          isText(path) &&
          ['file', 'directory', 'symlink', 'submodule'].includes(kind) &&
          isObjectId(blob),
      ),
  },
  {
    name: 'file',
    read: readFileContents,
    sample: { type: 'file', size: 1, encoding: 'base64', content: 'eA==\n', sha: SHA },
    isSound: (read: ReturnType<typeof readFileContents>) =>
      read.kind === 'unusable' || (read.bytes.length <= 32 * 1024 && isObjectId(read.blob)),
  },
  {
    name: 'check run',
    read: readCheckRun,
    sample: { id: 5, pull_requests: [pullRequest] },
    isSound: ({ id, pullRequests }: ReturnType<typeof readCheckRun>) =>
      isId(id) && pullRequests.every(({ baseSha, headSha }) => isObjectId(baseSha) && isObjectId(headSha)),
  },
  {
    name: 'page of deliveries',
    read: readHookDeliveries,
    sample: [delivery],
    isSound: (deliveries: ReturnType<typeof readHookDeliveries>) =>
      deliveries.every(
        ({ id, guid, deliveredAt, event }) =>
          /^\d{1,19}$/.test(id) &&
          typeof guid === 'string' &&
          Number.isFinite(deliveredAt) &&
          typeof event === 'string',
      ),
  },
] as const

function isSoundFile({ path, status, previousPath, blob }: ChangedFile): boolean {
  const isKnown = ['added', 'modified', 'removed', 'renamed', 'copied', 'changed', 'unchanged'].includes(
    status,
  )
  return (
    isText(path) &&
    isKnown &&
    (previousPath === undefined || typeof previousPath === 'string') &&
    (blob === undefined || isObjectId(blob))
  )
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function isObjectId(value: unknown): boolean {
  return typeof value === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value)
}

function isId(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}

/** `value` with one of its members, however deep, replaced. */
function withMutation(value: unknown, at: number, by: unknown): unknown {
  let index = 0
  const visit = (part: unknown): unknown => {
    if (index++ === at) return by
    if (Array.isArray(part)) return part.map(visit)
    if (typeof part !== 'object' || part === null) return part
    return Object.fromEntries(Object.entries(part).map(([name, member]) => [name, visit(member)]))
  }
  return visit(value)
}

function assertRefusal(error: unknown): void {
  assert.ok(error instanceof StsError)
  assert.equal(error.reason, 'github_answer_malformed')
}

describe('an answer of GitHub', () => {
  for (const { name, read, sample, isSound } of READERS) {
    const check = (text: string): void => {
      let result: ReturnType<typeof read>
      try {
        result = read(answerOf(text))
      } catch (error) {
        assertRefusal(error)
        return
      }
      // The pair is of one reader, which the union over all of them does not show.
      assert.ok((isSound as (result: unknown) => boolean)(result), text)
    }

    it(`with a ${name} is read`, () => {
      assert.ok((isSound as (result: unknown) => boolean)(readJson(read)(sample)))
    })

    it(`with a ${name} is sound or refused, whatever a member of it is`, () => {
      fc.assert(
        fc.property(fc.nat(30), fc.jsonValue(), (at, by) => {
          check(JSON.stringify(withMutation(sample, at, by)))
        }),
        { numRuns: 300 },
      )
    })

    it(`with a ${name} is sound or refused, wherever it is cut or damaged`, () => {
      const text = JSON.stringify(sample)
      fc.assert(
        fc.property(fc.nat(text.length), fc.nat(8), fc.string({ maxLength: 4 }), (at, gone, by) => {
          check(text.slice(0, at) + by + text.slice(at + gone))
        }),
        { numRuns: 300 },
      )
    })
  }

  it('calls a submodule what a listing calls a file, and takes the older form of the listing', () => {
    const read = readJson(readFolderListing)
    const listed = [entry, { ...entry, name: 's', path: 'd/s', download_url: null }]
    const entries = [
      { name: 'a', path: 'd/a', kind: 'file', blob: SHA },
      { name: 's', path: 'd/s', kind: 'submodule', blob: SHA },
    ]
    assert.deepEqual(read(listed), { entries, complete: true })
    assert.deepEqual(read({ type: 'dir', entries: listed }), { entries, complete: true })
    for (const type of ['file', 'symlink', 'submodule']) assert.equal(read({ ...entry, type }), undefined)
    for (const other of [{ type: 'dir' }, { type: 'portal' }, {}, [{ ...entry, type: 'portal' }]]) {
      assert.throws(() => read(other), StsError)
    }
  })

  it('without the files of a comparison is not complete', () => {
    assert.deepEqual(readJson(readComparison)({ status: 'ahead' }), { files: [], complete: false })
  })

  it('names the object of each file at the head, as far as it says', () => {
    const blobOf = (changes: object): unknown =>
      readComparison(answerOf(JSON.stringify({ files: [{ ...file, ...changes }] }))).files[0]?.blob
    const long = 'b'.repeat(64)
    for (const [changes, blob] of [
      [{}, SHA],
      [{ sha: long }, long],
      [{ sha: null }, undefined],
      [{ sha: undefined }, undefined],
      [{ status: 'removed' }, undefined],
    ] as const) {
      assert.equal(blobOf(changes), blob, JSON.stringify(changes))
    }
    for (const sha of NO_OBJECT_IDS) {
      assert.throws(() => blobOf({ sha }), StsError, JSON.stringify(sha))
      assert.throws(() => blobOf({ sha, status: 'removed' }), StsError, JSON.stringify(sha))
    }
  })

  it('is no listing without the object of each entry', () => {
    for (const sha of [...NO_OBJECT_IDS, null, undefined]) {
      assert.throws(() => readJson(readFolderListing)([{ ...entry, sha }]), StsError, JSON.stringify(sha))
    }
  })

  it('is a check run, whatever it says of pull requests', () => {
    const read = (listed: unknown) =>
      readCheckRun(answerOf(JSON.stringify({ id: 5, pull_requests: listed }))).pullRequests
    const sound = { baseSha: SHA, headSha: SHA }
    const unsound = [
      null,
      7,
      [],
      {},
      { ...pullRequest, base: null },
      { ...pullRequest, head: undefined },
      ...[...NO_OBJECT_IDS, null, undefined].flatMap((sha) => [
        { ...pullRequest, base: { sha } },
        { ...pullRequest, head: { sha } },
      ]),
    ]
    for (const one of unsound) assert.deepEqual(read([one, pullRequest]), [sound], JSON.stringify(one))
    for (const listed of [undefined, null, 'x', {}]) assert.deepEqual(read(listed), [])
    const hundredth = { ...pullRequest, base: { sha: 'b'.repeat(40) } }
    const many = [...Array<unknown>(99).fill(pullRequest), hundredth, ...Array<unknown>(900).fill(null)]
    assert.deepEqual(
      read([...many, pullRequest]).map(({ baseSha }) => baseSha),
      [...Array<string>(99).fill(SHA), 'b'.repeat(40)],
    )
  })

  it('has no check run whose id a number cannot hold', () => {
    assert.throws(() => readCheckRun(answerOf('{"id":3804004623172239366,"pull_requests":[]}')), StsError)
  })

  it('leads to the next page only', () => {
    for (const [link, next] of [
      [undefined, undefined],
      ['', undefined],
      ['<https://x/y?page=1>; rel="prev"', undefined],
      [
        '<https://x/y?page=1>; rel="prev", <https://x/y?page=3&cursor=a%26b>; rel="next"',
        'page=3&cursor=a%26b',
      ],
      ['<https://x/y?page=3>;rel="next", <https://x/y?page=9>; rel="last"', 'page=3'],
      ['<https://x/y>; rel="next"', ''],
    ] as const) {
      assert.equal(nextPageOf(answerOf('', link === undefined ? {} : { link }))?.toString(), next)
    }
  })
})
