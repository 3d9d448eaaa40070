import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BASE, examplesOf, HEAD, payloadOf, read, TARGET, ZEROS } from './support/payloads.ts'

const GROUP = { head_sha: HEAD, base_sha: BASE, head_ref: 'refs/heads/gh-readonly-queue/main/pr-1' }

test('a merge queue that waits has the difference to its base reviewed', () => {
  const { review } = read('merge_group', payloadOf({ action: 'checks_requested', merge_group: GROUP }))
  assert.deepEqual(review, {
    target: TARGET,
    headSha: HEAD,
    sources: [{ kind: 'comparison', base: BASE, isTarget: true }],
    head: undefined,
    isFromFork: false,
    again: false,
  })
})

describe('no review is asked for by a merge group', () => {
  const cases: readonly (readonly [name: string, action: unknown, group: unknown])[] = [
    ['that is destroyed', 'destroyed', GROUP],
    ['without a head', 'checks_requested', { ...GROUP, head_sha: ZEROS }],
    ['without a base', 'checks_requested', { ...GROUP, base_sha: null }],
    ['that is none', 'checks_requested', [GROUP]],
  ]
  for (const [name, action, merge_group] of cases) {
    test(name, () => {
      assert.equal(read('merge_group', payloadOf({ action, merge_group })).review, undefined)
    })
  }
})

test('the merge groups that GitHub has sent are read', () => {
  for (const payload of examplesOf('merge_group', 'checks_requested')) {
    assert.equal(read('merge_group', payload).review?.headSha, '2ffea6db159f6b6c47a24e778fb9ef40cf6b1c7d')
  }
})
