import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findNearMiss } from '#pkg/policy'

const NAMES = ['contents', 'pages', 'pull_requests', 'checks', 'issues']

const CASES: readonly (readonly [string, string | undefined])[] = [
  ['pull-requests', 'pull_requests'],
  ['Pull-Requests', 'pull_requests'],
  ['PULL_REQUEST', 'pull_requests'],
  ['content', 'contents'],
  ['cntnts', 'contents'],
  ['cntnt', undefined],
  ['page', 'pages'],
  ['pags', 'pages'],
  ['pgs', undefined],
  ['chec\u212as', 'checks'],
  ['issuses', 'issues'],
  ['', undefined],
  ['something_else', undefined],
  ['x'.repeat(30_000), undefined],
]
for (const [name, meant] of CASES) {
  test(`finds ${String(meant)} for ${JSON.stringify(name.slice(0, 20))}`, () => {
    assert.equal(findNearMiss(name, NAMES), meant)
  })
}

test('prefers the nearest of several', () => {
  assert.equal(findNearMiss('subject_patterns', ['subject_patter', 'subject_pattern']), 'subject_pattern')
})
