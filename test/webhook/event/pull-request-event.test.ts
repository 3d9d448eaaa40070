import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
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

const PULL_REQUEST = {
  number: 5,
  head: { sha: HEAD, ref: 'feature/x', repo: { id: 7 } },
  base: { sha: BASE, ref: 'main', repo: { id: 7 } },
}

function pull(action: unknown, changes: Payload = {}, more: Payload = {}): Payload {
  return payloadOf({ action, number: 5, pull_request: { ...PULL_REQUEST, ...changes }, ...more })
}

const CHANGING = ['opened', 'synchronize', 'reopened']

describe('a pull request that is', () => {
  for (const action of CHANGING) {
    test(`${action} is reviewed by what its commits have and its base has not`, () => {
      assert.deepEqual(read('pull_request', pull(action)), {
        review: {
          target: TARGET,
          headSha: HEAD,
          sources: [{ kind: 'comparison', base: BASE, isTarget: true }],
          head: { branch: '7:feature/x', pushedAt: PUSHED_AT_MS },
          isFromFork: false,
          again: false,
        },
        stale: [],
      })
    })
  }

  test('given another base is reviewed again', () => {
    const changes = { base: { ref: { from: 'old' }, sha: { from: HEAD } } }
    const { review } = read('pull_request', pull('edited', {}, { changes }))
    assert.equal(review?.again, true)
    assert.deepEqual(review.sources, [{ kind: 'comparison', base: BASE, isTarget: true }])
  })

  test('given no other base is not, whatever is said of one', () => {
    for (const base of [null, 'main', [BASE]]) {
      assert.equal(read('pull_request', pull('edited', {}, { changes: { base } })).review, undefined)
    }
    const changes = { base: { sha: { from: HEAD } } }
    assert.equal(read('pull_request', pull('labeled', {}, { changes })).review, undefined)
  })

  test('given another title is not', () => {
    const changes = { title: { from: 'old' } }
    assert.equal(read('pull_request', pull('edited', {}, { changes })).review, undefined)
  })

  for (const action of [
    'closed',
    'labeled',
    'assigned',
    'ready_for_review',
    'locked',
    'Opened',
    '',
    null,
    7,
  ]) {
    test(`${JSON.stringify(action)} is not`, () => {
      assert.equal(read('pull_request', pull(action)).review, undefined)
    })
  }
})

describe('the newest commit of a branch is not told by', () => {
  const cases: readonly (readonly [name: string, payload: Payload])[] = [
    [
      'a fork, whose pushes the repository does not count',
      pull('opened', { head: { ...PULL_REQUEST.head, repo: { id: 8 } } }),
    ],
    ['a fork that was deleted', pull('opened', { head: { ...PULL_REQUEST.head, repo: null } })],
    ['a head without a branch', pull('opened', { head: { ...PULL_REQUEST.head, ref: null } })],
  ]
  for (const [name, payload] of cases) {
    test(name, () => {
      const { review } = read('pull_request', payload)
      assert.equal(review?.headSha, HEAD)
      assert.equal(review.head, undefined)
    })
  }
})

describe('a pull request comes from a fork', () => {
  const cases: readonly (readonly [name: string, repo: unknown, isFromFork: boolean])[] = [
    ['unless its head is in the repository itself', { id: 7 }, false],
    ['if its head is in another', { id: 8 }, true],
    ['if its fork was deleted', null, true],
    ['if where its head is cannot be told', { id: '7' }, true],
  ]
  for (const [name, repo, isFromFork] of cases) {
    test(name, () => {
      const payload = pull('opened', { head: { ...PULL_REQUEST.head, repo } })
      assert.equal(read('pull_request', payload).review?.isFromFork, isFromFork)
    })
  }
})

test('the number of a pull request is not relied on', () => {
  for (const number of [2 ** 53, 0, '5', undefined]) {
    assert.equal(read('pull_request', pull('opened', { number }, { number })).review?.headSha, HEAD)
  }
})

describe('no review is asked for by a pull request with', () => {
  const cases: readonly (readonly [name: string, payload: Payload])[] = [
    ['no head', pull('opened', { head: null })],
    ['a head that is no commit', pull('opened', { head: { ...PULL_REQUEST.head, sha: ZEROS } })],
    ['no base', pull('opened', { base: [] })],
    ['a base that is no commit', pull('opened', { base: { sha: ZEROS } })],
    ['nothing in it', { ...pull('opened'), pull_request: null }],
    ['no installation', { ...pull('opened'), installation: null }],
  ]
  for (const [name, payload] of cases) {
    test(name, () => {
      assert.equal(read('pull_request', payload).review, undefined)
    })
  }
})

test('of the pull requests that GitHub has sent, those are reviewed whose files may have changed', () => {
  for (const payload of examplesOf('pull_request')) {
    const action = String(payload['action'])
    const { review } = read('pull_request', { ...payload, installation: INSTALLATION })
    assert.equal(review !== undefined, CHANGING.includes(action), action)
    if (review !== undefined) assert.match(review.headSha, /^[0-9a-f]{40}$/)
  }
})
