import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { CheckRunOutput } from '#pkg/github'
import { submodule, symlink } from '../../emulator/index.ts'
import { COMPARE, CREATE_CHECK, startReviewWorld, UPDATE_CHECK, type ReviewWorld } from './support/review.ts'
import { because, MINT, patient, POLICY_PATH, READ } from './support/world.ts'

const OUTPUT: CheckRunOutput = { title: 'One', summary: 'Two', annotations: [] }

/** The object id that git gives a file. */
const blobOf = (content: string): string =>
  createHash('sha1')
    .update(`blob ${Buffer.byteLength(content)}\0${content}`)
    .digest('hex')

/** The same of a folder with nothing but a `b.txt` in it, whose text is `b`. */
const SUB_TREE = 'bc4d1181aca5a33673d7c5d4c209d09ce1cfabd7'

describe('a review', () => {
  let world: ReviewWorld
  beforeEach(async () => {
    world = await startReviewWorld()
  })
  afterEach(() => world.close())

  const filesNamed = (count: number): Record<string, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}.txt`, `${index}`]))

  it('costs a token, kept for the repository, and a call for each question', async () => {
    const { app, target } = world
    const { reviews } = app
    const { before, after } = pushTopic({ 'a.txt': 'a' })
    world.takeCalls()
    let id = 0
    const file = { path: POLICY_PATH, ref: after }
    const questions: readonly (readonly [string, () => Promise<unknown>])[] = [
      [READ, () => reviews.readFileAt(target, file, patient)],
      [READ, () => reviews.listFolder(target, { ...file, path: '.github' }, patient)],
      [COMPARE, () => reviews.compareCommits(target, { base: before, head: after }, patient)],
      [
        CREATE_CHECK,
        async () => {
          id = (await reviews.createCheckRun(target, { name: 'check', headSha: after }, patient)).id
        },
      ],
      [UPDATE_CHECK, () => reviews.updateCheckRun(target, id, { conclusion: 'success' }, patient)],
    ]
    for (const [operation, ask] of questions) {
      world.app.forgetRepository(target)
      await ask()
      const isMint = (call: string | undefined): boolean => call === MINT || call === operation
      assert.deepEqual(world.takeCalls().filter(isMint), [MINT, operation], `${operation}, cold`)
      await ask()
      assert.deepEqual(world.takeCalls(), [operation], `${operation}, warm`)
    }
  })

  /** A commit on a new branch. */
  function pushTopic(files: Record<string, string | null>): { before: string; after: string } {
    const before = world.headOf('main')
    world.github.push({ repository: 'acme/widgets', branch: 'topic', files })
    return { before, after: world.headOf('topic') }
  }

  it('reads a file as it is at a commit, with the limits of a policy', async () => {
    const first = world.headOf('main')
    world.github.push({
      repository: 'acme/widgets',
      files: {
        [POLICY_PATH]: 'issuer: changed\n',
        'large.txt': 'x'.repeat(32 * 1024 + 1),
        'out.txt': symlink('../elsewhere'),
        sub: submodule('https://github.com/acme/gadgets.git'),
        'name with ?#%& and ü.txt': 'odd',
      },
    })
    const second = world.headOf('main')
    for (const [path, ref, expected] of [
      [POLICY_PATH, first, 'issuer: widgets\n'],
      [POLICY_PATH, second, 'issuer: changed\n'],
      [POLICY_PATH, 'main', 'issuer: changed\n'],
      ['name with ?#%& and ü.txt', second, 'odd'],
      ['large.txt', first, 'absent'],
      ['large.txt', second, 'too_large'],
      ['out.txt', second, 'symlink'],
      ['sub', second, 'submodule'],
      ['.github', second, 'directory'],
      [POLICY_PATH, '0'.repeat(40), 'absent'],
    ] as const) {
      const read = await world.app.reviews.readFileAt(world.target, { path, ref }, patient)
      const result =
        read.kind === 'found' ? read.bytes.toString() : read.kind === 'unusable' ? read.problem : read.kind
      assert.equal(result, expected, `${path} at ${ref}`)
    }
  })

  it('lists a folder with the kind of each entry, and says when there may be more', async () => {
    world.github.push({
      repository: 'acme/widgets',
      files: { 'd/a.txt': 'a', 'd/sub/b.txt': 'b', 'd/link': symlink('a.txt'), 'd/two\nlines "q"': 'c' },
    })
    const list = (path: string, ref = 'main') =>
      world.app.reviews.listFolder(world.target, { path, ref }, patient)
    const listing = await list('d')
    assert.equal(listing?.complete, true)
    assert.deepEqual(
      listing.entries.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
      [
        { name: 'a.txt', path: 'd/a.txt', kind: 'file', blob: blobOf('a') },
        { name: 'link', path: 'd/link', kind: 'symlink', blob: blobOf('a.txt') },
        { name: 'sub', path: 'd/sub', kind: 'directory', blob: SUB_TREE },
        { name: 'two\nlines "q"', path: 'd/two\nlines "q"', kind: 'file', blob: blobOf('c') },
      ],
    )
    assert.equal(await list('missing'), undefined)
    assert.equal(await list('d/a.txt'), undefined)
    assert.equal(await list('d', '0'.repeat(40)), undefined)

    world.github.push({
      repository: 'acme/widgets',
      files: Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`many/${index}`, ''])),
    })
    const many = await list('many')
    assert.deepEqual([many?.entries.length, many?.complete], [1000, false])
  })

  it('compares commits: what was added, changed, removed and renamed', async () => {
    world.github.push({ repository: 'acme/widgets', files: { old: 'moved', gone: 'g', same: 's' } })
    const { before, after } = pushTopic({
      old: null,
      new: 'moved',
      gone: null,
      [POLICY_PATH]: 'x',
      'ü "': 'a',
    })
    const compare = (base: string, head: string) =>
      world.app.reviews.compareCommits(world.target, { base, head }, patient)
    const changed = await compare(before, after)
    assert.equal(changed?.complete, true)
    const rows = changed.files.map(({ path, status, previousPath, blob }) => [
      path,
      status,
      previousPath,
      blob,
    ])
    assert.deepEqual(
      rows.toSorted(([one = ''], [other = '']) => (one < other ? -1 : 1)),
      [
        [POLICY_PATH, 'modified', undefined, blobOf('x')],
        ['gone', 'removed', undefined, undefined],
        ['new', 'renamed', 'old', blobOf('moved')],
        ['ü "', 'added', undefined, blobOf('a')],
      ],
    )
    assert.deepEqual(await compare(after, after), { files: [], complete: true })
    assert.equal(await compare('0'.repeat(40), after), undefined)
    assert.equal(await compare(before, '0'.repeat(40)), undefined)
  })

  for (const [count, complete] of [
    [299, true],
    [300, false],
    [301, false],
  ] as const) {
    it(`compares in one call, ${complete ? 'completely' : 'and cannot tell whether that is all'}: ${count} files`, async () => {
      const { before, after } = pushTopic(filesNamed(count))
      world.takeCalls()
      const range = { base: before, head: after }
      const changed = await world.app.reviews.compareCommits(world.target, range, patient)
      assert.deepEqual([changed?.files.length, changed?.complete], [Math.min(count, 300), complete])
      assert.deepEqual(world.takeCalls(), [MINT, COMPARE])
    })
  }

  it('creates a check run in progress, and learns which pull requests have the commit', async () => {
    const { before, after } = pushTopic({ a: 'a' })
    world.github.openPullRequest({ repository: 'acme/widgets', head: 'topic' })
    const run = await world.app.reviews.createCheckRun(
      world.target,
      { name: 'Trust', headSha: after },
      patient,
    )
    assert.deepEqual(run.pullRequests, [{ baseSha: before, headSha: after }])
    const sent = world.github.calls.at(-1)?.requestBody.toString()
    assert.equal(sent, `{"name":"Trust","head_sha":"${after}","status":"in_progress"}`)
    const [kept] = world.github.findRepository('acme/widgets')?.checkRuns ?? []
    assert.deepEqual([kept?.id, kept?.status, kept?.conclusion], [run.id, 'in_progress', null])
  })

  it('updates a check run: annotations are added, columns only where GitHub takes them', async () => {
    const { reviews } = world.app
    const headSha = world.headOf('main')
    const { id } = await reviews.createCheckRun(world.target, { name: 'Trust', headSha }, patient)
    const place = { path: POLICY_PATH, startLine: 1, startColumn: 2, endColumn: 9 }
    const said = { level: 'failure', message: 'no', title: 'why' } as const
    const annotations = [
      { ...place, endLine: 1, ...said },
      { ...place, endLine: 3, ...said },
      { path: 'b', startLine: 4, endLine: 4, level: 'warning', message: 'hm' },
    ] as const
    await reviews.updateCheckRun(world.target, id, { output: { ...OUTPUT, annotations } }, patient)
    const last = { ...OUTPUT, summary: 'Three', annotations: annotations.slice(2) }
    await reviews.updateCheckRun(world.target, id, { conclusion: 'failure', output: last }, patient)
    const [run] = world.github.findRepository('acme/widgets')?.checkRuns ?? []
    assert.deepEqual([run?.status, run?.conclusion], ['completed', 'failure'])
    assert.deepEqual(run?.output, { title: 'One', summary: 'Three', text: null })
    const rows = run.annotations.map(({ startLine, endLine, startColumn }) => [
      startLine,
      endLine,
      startColumn,
    ])
    assert.deepEqual(rows, [
      [1, 1, 2],
      [1, 3, null],
      [4, 4, null],
      [4, 4, null],
    ])
  })

  it('cannot update a check run that is not there', async () => {
    const updating = world.app.reviews.updateCheckRun(world.target, 99, { conclusion: 'success' }, patient)
    await assert.rejects(updating, because('github_refused'))
  })

  it('cannot check a commit that is not there', async () => {
    const run = { name: 'Trust', headSha: '0'.repeat(40) }
    await assert.rejects(
      world.app.reviews.createCheckRun(world.target, run, patient),
      because('github_refused'),
    )
  })

  it('sends no ref that is empty or an expression over commits', async () => {
    const { reviews } = world.app
    for (const ref of ['', 'a..b', 'main~1', 'main^', 'a b', 'a\n', 'x:y', 'a*', 'a?', '[a', 'a\\b']) {
      for (const ask of [
        reviews.readFileAt(world.target, { path: POLICY_PATH, ref }, patient),
        reviews.listFolder(world.target, { path: '.github', ref }, patient),
        reviews.compareCommits(world.target, { base: ref, head: 'main' }, patient),
        reviews.compareCommits(world.target, { base: 'main', head: ref }, patient),
      ]) {
        await assert.rejects(ask, because('unexpected'), JSON.stringify(ref))
      }
    }
    assert.deepEqual(world.takeCalls(), [])
    const found = await reviews.readFileAt(world.target, { path: POLICY_PATH, ref: 'main&ref=x' }, patient)
    assert.equal(found.kind, 'absent')
  })

  it('asks for no permission that it has no use for', async () => {
    await world.app.reviews.listFolder(world.target, { path: '.github', ref: 'main' }, patient)
    const permissions = { checks: 'write', contents: 'read' }
    assert.deepEqual(world.mintBodies(), [{ repositories: ['widgets'], permissions }])
  })
})
