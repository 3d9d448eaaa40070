import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { FileSource, PushedFile } from '../../../pkg/webhook/event/review-request.ts'
import {
  BASE,
  examplesOf,
  HEAD,
  INSTALLATION,
  payloadOf,
  PUSHED_AT_MS,
  read,
  TARGET,
  ZEROS,
  type Payload,
} from './support/payloads.ts'

const FOLDER = '.github/chainguard'
const POLICY = `${FOLDER}/a.sts.yaml`
const OTHER = `${FOLDER}/b.sts.yaml`

/** The commit that a merge group is based on. */
const QUEUED_ON = 'd'.repeat(40)

interface Commit {
  readonly added?: readonly string[]
  readonly modified?: readonly string[]
  readonly removed?: readonly string[]
}

function commit({ added = [], modified = [], removed = [] }: Commit): Payload {
  return { id: HEAD, added, modified, removed }
}

function push(members: Payload, commits: readonly Commit[] = []): Payload {
  const ref = 'refs/heads/main'
  return payloadOf({ ref, before: BASE, after: HEAD, commits: commits.map(commit), ...members })
}

function sourcesOf(payload: Payload, asWhole = false): readonly FileSource[] {
  return read('push', payload, { asWhole }).review?.sources ?? []
}

const listed = (base: string | undefined, ...paths: readonly string[]): FileSource => ({
  kind: 'listed',
  base,
  files: paths.map((path) => ({ path, state: 'changed' })),
})

const since = (base: string): FileSource => ({ kind: 'comparison', base, isTarget: false })
const target = (base: string): FileSource => ({ kind: 'comparison', base, isTarget: true })

describe('the files of a push are', () => {
  const modified: readonly Commit[] = [{ modified: [OTHER, POLICY] }]
  const cases: readonly (readonly [name: string, payload: Payload, source: FileSource])[] = [
    ['those that it names', push({}, modified), listed(BASE, OTHER, POLICY)],
    [
      'those that it names, though it was forced',
      push({ forced: true }, modified),
      listed(BASE, OTHER, POLICY),
    ],
    ['none, where it has no commits', push({}, []), listed(BASE)],
    [
      'those near policies alone',
      push({}, [
        { added: ['src/a.ts'], modified: ['a.sts.yaml', POLICY], removed: ['.github/workflows/a.yaml'] },
      ]),
      listed(BASE, POLICY),
    ],
    [
      'what takes the place of the folder, and what may be meant to be in it',
      push({}, [{ modified: ['.github', FOLDER, '.github/Chainguard/a.yml', `${FOLDER}/sub/README.md`] }]),
      listed(BASE, '.github', FOLDER, '.github/Chainguard/a.yml', `${FOLDER}/sub/README.md`),
    ],
    [
      'for a new branch compared with the default branch',
      push({ ref: 'refs/heads/new', before: ZEROS }, modified),
      listed('main', OTHER, POLICY),
    ],
    [
      'for a new default branch compared with nothing',
      push({ before: ZEROS }, modified),
      listed(undefined, OTHER, POLICY),
    ],
    [
      'those of 2,047 commits',
      push({}, Array<Commit>(2_047).fill({ modified: [POLICY] })),
      listed(BASE, POLICY),
    ],
    [
      'asked for when there are 2,048 commits, as many as are shown',
      push({}, Array<Commit>(2_048).fill({ modified: ['a'] })),
      since(BASE),
    ],
    [
      'asked for when one commit has 3,000 files, as many as are shown',
      push({}, [
        { added: Array.from({ length: 1_000 }, (_, at) => `${at}`), modified: ['x'] },
        { modified: Array<string>(1_000).fill('x'), removed: Array<string>(2_000).fill('y') },
      ]),
      since(BASE),
    ],
    [
      'those of a commit with 2,999 files',
      push({}, [{ modified: [...Array<string>(2_998).fill('x'), POLICY] }]),
      listed(BASE, POLICY),
    ],
    [
      'all policies, when a new branch shows not all of its commits',
      push({ ref: 'refs/heads/new', before: ZEROS }, Array<Commit>(2_048).fill({})),
      { kind: 'folder', base: 'main' },
    ],
    [
      'all policies, when a new default branch shows no commits',
      push({ before: ZEROS, commits: undefined }),
      { kind: 'folder', base: undefined },
    ],
    ['asked for when there is no list', push({ commits: 'none' }), since(BASE)],
    ['asked for when a commit is none', push({ commits: [null] }), since(BASE)],
    [
      'asked for when a commit has no list of files',
      push({ commits: [{ ...commit({}), removed: null }] }),
      since(BASE),
    ],
    ['asked for when a path is none', push({ commits: [{ ...commit({}), added: [1] }] }), since(BASE)],
  ]
  for (const [name, payload, source] of cases) {
    test(name, () => {
      assert.deepEqual(sourcesOf(payload), [source])
    })

    test(`${name}, and where the check is required all that the default branch has not`, () => {
      const isDefault = payload['ref'] === 'refs/heads/main'
      assert.deepEqual(sourcesOf(payload, true), isDefault ? [source] : [source, target('main')])
    })
  }
})

describe('a branch of a merge queue is compared with the commit in its name', () => {
  const modified: readonly Commit[] = [{ modified: [POLICY] }]
  const queue = (name: string): string => `refs/heads/gh-readonly-queue/${name}`
  const cases: readonly (readonly [name: string, payload: Payload, base: string])[] = [
    ['when it is made', push({ ref: queue(`main/pr-1-${QUEUED_ON}`), before: ZEROS }, modified), QUEUED_ON],
    ['when it is pushed to', push({ ref: queue(`main/pr-1-${QUEUED_ON}`) }, modified), QUEUED_ON],
    ['when it has no commits', push({ ref: queue(`main/pr-12345-${QUEUED_ON}`) }), QUEUED_ON],
    [
      'when it shows not all of its commits',
      push({ ref: queue(`main/pr-1-${QUEUED_ON}`), commits: null }),
      QUEUED_ON,
    ],
    [
      'of a branch with a long name',
      push({ ref: queue(`release/pr-2/v1.x/pr-1-${QUEUED_ON}`) }, modified),
      QUEUED_ON,
    ],
    ['where ids are SHA-256', push({ ref: queue(`main/pr-1-${'e'.repeat(64)}`) }, modified), 'e'.repeat(64)],
  ]
  for (const [name, payload, base] of cases) {
    test(name, () => {
      assert.deepEqual(sourcesOf(payload), [target(base)])
      // Whoever may write can name a branch so.
      assert.deepEqual(sourcesOf(payload, true), [target(base), target('main')])
      assert.equal(read('push', payload).review?.headSha, HEAD)
    })
  }

  for (const branch of [
    `gh-readonly-queue/main/pr-1-${QUEUED_ON}0`,
    `gh-readonly-queue/main/pr-1-${QUEUED_ON.toUpperCase()}`,
    `gh-readonly-queue/main/pr-${QUEUED_ON}`,
    `gh-readonly-queue/pr-1-${QUEUED_ON}`,
    `gh-readonly-queue/main/pr-1-${QUEUED_ON}/x`,
    `x/gh-readonly-queue/main/pr-1-${QUEUED_ON}`,
    `gh-readonly-queue/main/pr-1-main`,
  ]) {
    test(`and no other: ${branch}`, () => {
      const payload = push({ ref: `refs/heads/${branch}` }, modified)
      assert.deepEqual(sourcesOf(payload), [listed(BASE, POLICY)])
      assert.deepEqual(sourcesOf(payload, true), [listed(BASE, POLICY), target('main')])
    })
  }
})

describe('a file of a push is', () => {
  const cases: readonly (readonly [name: string, commits: readonly Commit[], state: PushedFile['state']])[] =
    [
      ['added where it was added', [{ added: [POLICY] }], 'added'],
      ['added where it was added, then modified', [{ added: [POLICY] }, { modified: [POLICY] }], 'added'],
      ['changed where it was modified', [{ modified: [POLICY] }], 'changed'],
      ['changed where it was modified first', [{ modified: [POLICY] }, { added: [POLICY] }], 'changed'],
      ['doubtful where it was added and removed', [{ added: [POLICY] }, { removed: [POLICY] }], 'doubtful'],
      ['doubtful where it was removed and added', [{ removed: [POLICY] }, { added: [POLICY] }], 'doubtful'],
      [
        'doubtful where it was modified and removed',
        [{ modified: [POLICY] }, { removed: [POLICY] }],
        'doubtful',
      ],
      ['doubtful within one commit, too', [{ added: [POLICY], removed: [POLICY] }], 'doubtful'],
      ['removed where it was removed alone', [{ removed: [POLICY] }, { removed: [POLICY] }], 'removed'],
    ]
  for (const [name, commits, state] of cases) {
    test(name, () => {
      const files = [{ path: POLICY, state }]
      assert.deepEqual(sourcesOf(push({}, commits)), [{ kind: 'listed', base: BASE, files }])
    })
  }

  test('its own, whatever its name is', () => {
    const names = ['__proto__', 'constructor', '', 'a\nb', '\ud800', 'x'.repeat(10_000)]
    const paths = names.map((name) => `${FOLDER}/${name}`)
    assert.deepEqual(sourcesOf(push({}, [{ modified: paths }])), [listed(BASE, ...paths)])
  })

  test('named once, however many commits touch it', () => {
    const commits = Array.from({ length: 500 }, () => ({ modified: [POLICY, OTHER], removed: [OTHER] }))
    const files = [
      { path: POLICY, state: 'changed' },
      { path: OTHER, state: 'doubtful' },
    ]
    assert.deepEqual(sourcesOf(push({}, commits)), [{ kind: 'listed', base: BASE, files }])
  })
})

describe('no review is asked for by', () => {
  const cases: readonly (readonly [name: string, payload: Payload])[] = [
    ['a tag', push({ ref: 'refs/tags/v1' })],
    ['notes', push({ ref: 'refs/notes/commits' })],
    ['no ref', push({ ref: null })],
    ['a deleted branch', push({ after: ZEROS, deleted: true })],
    ['a branch that is said to be deleted', push({ deleted: true })],
    ['a commit that is none', push({ after: 'HEAD' })],
    ['a commit in capitals', push({ after: HEAD.toUpperCase() })],
    ['a commit before that is none', push({ before: null })],
    ['no installation', push({ installation: undefined })],
    ['a repository without owner', push({ repository: { ...payloadOf({}), owner: null } })],
  ]
  for (const [name, payload] of cases) {
    test(name, () => {
      assert.equal(read('push', payload).review, undefined)
    })
  }
})

test('a push to a branch asks for a review of its head, as the newest of that branch', () => {
  for (const branch of ['main', 'feature/x', 'ünï-😀', 'a'.repeat(250), "it's#1%2f"]) {
    const { review } = read('push', push({ ref: `refs/heads/${branch}` }))
    assert.deepEqual(review?.target, TARGET)
    assert.equal(review.headSha, HEAD)
    assert.deepEqual(review.head, { branch: `7:${branch}`, pushedAt: PUSHED_AT_MS })
    assert.equal(review.isFromFork, false)
    assert.equal(review.again, false)
  }
})

test('the ids of commits may be SHA-256', () => {
  const head = 'c'.repeat(64)
  assert.equal(read('push', push({ after: head })).review?.headSha, head)
  assert.equal(read('push', push({ after: '0'.repeat(64) })).review, undefined)
})

describe('the policies of the repository are stale after a push that', () => {
  const stale = [{ kind: 'policies', owner: 'acme', repository: 'app' }]
  const cases: readonly (readonly [name: string, payload: Payload, isStale: boolean])[] = [
    ['adds a policy to the default branch', push({}, [{ added: [POLICY] }]), true],
    ['removes one from it', push({}, [{ removed: [POLICY] }]), true],
    ['replaces the folder', push({}, [{ added: ['.github/chainguard'] }]), true],
    ['changes something else', push({}, [{ added: ['src/a.ts', '.github/workflows/a.yaml'] }]), false],
    ['has too many commits to show', push({}, Array<Commit>(2_048).fill({})), true],
    ['is forced', push({ forced: true }), true],
    ['shows no commits', push({ commits: null }), true],
    ['deletes the default branch', push({ after: ZEROS }), true],
    ['makes the default branch', push({ before: ZEROS }), true],
    ['adds a policy to another branch', push({ ref: 'refs/heads/x' }, [{ added: [POLICY] }]), false],
    ['deletes another branch', push({ ref: 'refs/heads/x', after: ZEROS }), false],
    ['is of a tag with the name of the default branch', push({ ref: 'refs/tags/main' }), false],
  ]
  for (const [name, payload, isStale] of cases) {
    test(name, () => {
      assert.deepEqual(read('push', payload).stale, isStale ? stale : [])
    })
  }
})

describe('a default branch that can be no name of a branch', () => {
  for (const branch of [
    '',
    'a..b',
    'a b',
    'a:b',
    'a\nb',
    'a~1',
    '@{-1}',
    '\ud800',
    'x'.repeat(256),
    7,
    null,
  ]) {
    test(`${JSON.stringify(branch).slice(0, 40)} is not asked for`, () => {
      const { repository } = payloadOf({})
      const payload = push({
        ref: 'refs/heads/new',
        before: ZEROS,
        repository: { ...Object(repository), default_branch: branch },
      })
      assert.deepEqual(read('push', payload), { review: undefined, stale: [] })
    })
  }
})

test('of the pushes that GitHub has sent, those to branches are read', () => {
  const reviewed = examplesOf('push').flatMap((payload) => {
    const { review } = read('push', { ...payload, installation: INSTALLATION })
    return review === undefined ? [] : [review]
  })
  assert.equal(reviewed.length, 2)
  for (const { target, headSha, sources, head } of reviewed) {
    assert.deepEqual(target, {
      owner: 'Codertocat',
      repository: 'Hello-World',
      installationId: 99,
      accountId: 21031067,
    })
    assert.equal(headSha, '6113728f27ae82c7b1a177c8d03f9e96e0adf246')
    assert.deepEqual(sources, [{ kind: 'listed', base: undefined, files: [] }])
    assert.equal(head?.branch, '186853002:master')
  }
})
