import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { FileSource } from '../../../pkg/webhook/event/review-request.ts'
import {
  APP_ID,
  BASE,
  CLIENT_ID,
  examplesOf,
  HEAD,
  INSTALLATION,
  payloadOf,
  read,
  TARGET,
  ZEROS,
  type Payload,
} from './support/payloads.ts'

const OWN_APP = { id: Number(APP_ID), client_id: CLIENT_ID, slug: 'github-sts' }
const OTHER_APP = { id: 15368, client_id: 'Iv1.05c79e9ad1f6bdfa', slug: 'github-actions' }
const OLDER = 'c'.repeat(40)
const OTHER_BASE = 'd'.repeat(40)

const SUITE = {
  id: 1,
  head_sha: HEAD,
  head_branch: 'feature/x',
  before: OLDER,
  after: HEAD,
  pull_requests: [],
  app: OTHER_APP,
}

function suite(action: unknown, changes: Payload = {}): Payload {
  return payloadOf({ action, check_suite: { ...SUITE, ...changes } })
}

function run(action: unknown, changes: Payload = {}): Payload {
  const check = { id: 2, head_sha: HEAD, app: OWN_APP, check_suite: SUITE, pull_requests: [], ...changes }
  return payloadOf({ action, check_run: check })
}

function pullRequest(number: number, changes: Payload = {}): Payload {
  return { number, head: { sha: HEAD }, base: { sha: BASE, repo: { id: 7 } }, ...changes }
}

describe('a check suite that GitHub requests', () => {
  const apps: readonly (readonly [name: string, app: unknown, isReviewed: boolean])[] = [
    ['of the App itself is left to the push', OWN_APP, false],
    ['of the App itself is known by its id alone', { id: OWN_APP.id }, false],
    ['of another App is reviewed', OTHER_APP, true],
    ['of an unknown App is reviewed', null, true],
    ['of an App whose id is a text is reviewed', { id: APP_ID }, true],
  ]
  for (const [name, app, isReviewed] of apps) {
    test(name, () => {
      const { review } = read('check_suite', suite('requested', { app }))
      assert.equal(review !== undefined, isReviewed)
      if (review !== undefined) assert.equal(review.again, false)
    })
  }

  test('is known for that of the App by its client id', () => {
    const own = suite('requested', { app: OWN_APP })
    assert.equal(read('check_suite', own, { appId: CLIENT_ID }).review, undefined)
  })

  test('is not known by a header, which nobody has signed', () => {
    const own = suite('requested', { app: OWN_APP })
    assert.equal(read('check_suite', own, {}, '1').review, undefined)
    const other = suite('requested', { app: OTHER_APP })
    assert.ok(read('check_suite', other, {}, String(OTHER_APP.id)).review)
  })
})

describe('a check that somebody asks for again', () => {
  for (const [event, payload] of [
    ['check_suite', suite('rerequested', { app: OWN_APP })],
    ['check_run', run('rerequested')],
    ['check_run', run('requested_action')],
  ] as const) {
    test(`is reviewed again, though it is the App's own: ${event} ${String(payload['action'])}`, () => {
      const { review } = read(event, payload)
      assert.deepEqual(review?.target, TARGET)
      assert.equal(review.headSha, HEAD)
      assert.equal(review.again, true)
      assert.equal(review.head, undefined)
      assert.equal(review.isFromFork, false)
    })
  }
})

test('news of checks ask for nothing', () => {
  for (const action of ['completed', 'created', null, 1]) {
    assert.equal(read('check_suite', suite(action)).review, undefined)
    assert.equal(read('check_run', run(action)).review, undefined)
  }
})

describe('the files of a check are those of', () => {
  const target = (base: string): FileSource => ({ kind: 'comparison', base, isTarget: true })
  const before: FileSource = { kind: 'comparison', base: OLDER, isTarget: false }
  const folder: FileSource = { kind: 'folder', base: 'main' }
  const pulls = [pullRequest(1), pullRequest(2, { base: { sha: OTHER_BASE, repo: { id: 7 } } })]
  const fromElsewhere = pullRequest(3, { base: { sha: BASE, repo: { id: 8 } } })
  const many = (count: number) =>
    Array.from({ length: count }, (_, at) => {
      return pullRequest(at + 1, { base: { sha: BASE.slice(4) + String(1_000 + at), repo: { id: 7 } } })
    })

  const cases: readonly (readonly [name: string, changes: Payload, sources: readonly FileSource[]])[] = [
    [
      'the comparisons with the bases of its pull requests',
      { pull_requests: pulls },
      [target(BASE), target(OTHER_BASE)],
    ],
    [
      'one comparison for pull requests with the same base',
      { pull_requests: [pullRequest(1), pullRequest(2)] },
      [target(BASE)],
    ],
    [
      'the comparison with the base of one that has moved on',
      { pull_requests: [pullRequest(1, { head: { sha: OLDER } })] },
      [target(BASE)],
    ],
    [
      'pull requests of this repository alone',
      { pull_requests: [fromElsewhere, pullRequest(1)] },
      [target(BASE)],
    ],
    [
      'the commits since the one before, and all that the default branch has not, without pull requests',
      { pull_requests: [] },
      [before, target('main')],
    ],
    ['the same, when the pull requests are no list', { pull_requests: null }, [before, target('main')]],
    ['the same, when a pull request is none', { pull_requests: [null] }, [before, target('main')]],
    [
      'the same, when a pull request has no base',
      { pull_requests: [pullRequest(1, { base: { sha: ZEROS, repo: { id: 7 } } })] },
      [before, target('main')],
    ],
    [
      'the same, when the pull requests are of other repositories',
      { pull_requests: [fromElsewhere] },
      [before, target('main')],
    ],
    [
      'the commits since the one before alone, on the default branch',
      { head_branch: 'main', pull_requests: [] },
      [before],
    ],
    ['all policies, when there are more bases than are asked for', { pull_requests: many(11) }, [folder]],
    [
      'all policies, at the first commit of a branch, and all that the default branch has not',
      { before: ZEROS },
      [folder, target('main')],
    ],
    ['the same, when the commit before is not known', { before: null }, [folder, target('main')]],
    ['the same, when there is no branch', { before: null, head_branch: null }, [folder, target('main')]],
    [
      'all policies, compared with nothing on the default branch',
      { before: ZEROS, head_branch: 'main' },
      [{ kind: 'folder', base: undefined }],
    ],
  ]
  for (const [name, changes, sources] of cases) {
    test(name, () => {
      assert.deepEqual(read('check_suite', suite('rerequested', changes)).review?.sources, sources)
    })
  }

  test('ten bases, as many as are asked for', () => {
    const { review } = read('check_suite', suite('rerequested', { pull_requests: many(10) }))
    assert.equal(review?.sources.length, 10)
    assert.ok(review.sources.every(({ kind }) => kind === 'comparison'))
  })

  test('its pull requests before those of its suite', () => {
    const check_suite = { ...SUITE, pull_requests: pulls.slice(0, 1) }
    const own = run('rerequested', { pull_requests: pulls.slice(1), check_suite })
    assert.deepEqual(read('check_run', own).review?.sources, [target(OTHER_BASE)])
    const none = run('rerequested', { pull_requests: undefined, check_suite })
    assert.deepEqual(read('check_run', none).review?.sources, [target(BASE)])
  })

  test('the same, whether or not the check is required', () => {
    const payload = suite('rerequested')
    const changed = read('check_suite', payload, { asWhole: false })
    assert.deepEqual(read('check_suite', payload, { asWhole: true }), changed)
  })
})

test('a check of no commit asks for nothing', () => {
  for (const head_sha of [ZEROS, null, 'main', 7]) {
    assert.equal(read('check_suite', suite('rerequested', { head_sha })).review, undefined)
    assert.equal(read('check_run', run('rerequested', { head_sha })).review, undefined)
  }
})

test('of the checks that GitHub has sent, those that are asked for are reviewed', () => {
  for (const event of ['check_suite', 'check_run']) {
    for (const payload of examplesOf(event)) {
      const action = String(payload['action'])
      const { review } = read(event, { ...payload, installation: INSTALLATION })
      assert.equal(review !== undefined, /request/.test(action), `${event} ${action}`)
      assert.ok(review === undefined || review.sources.length > 0)
    }
  }
})
