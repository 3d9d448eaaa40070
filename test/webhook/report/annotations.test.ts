import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { annotate } from '../../../pkg/webhook/report/annotations.ts'
import { hostileText } from './support/hostile-text.ts'
import { listActiveNodes, parseMarkdown } from './support/markdown-tree.ts'
import { finding, reviewText, reviewWith } from './support/reviews.ts'

/** Twice what a message may have: every character can be one that a space of no width is put behind. */
const MESSAGE_MAX_CHARACTERS = 4_000

function messageOf(message: string): string {
  const [annotation] = annotate([reviewWith('a.sts.yaml', [finding('error', { message })])])
  assert.ok(annotation)
  return annotation.message
}

describe('a message', () => {
  test('is one bounded line that does nothing, even where it is taken for Markdown', () => {
    const property = fc.property(hostileText, (text) => {
      const message = messageOf(text)
      assert.deepEqual(listActiveNodes(parseMarkdown(message)), [])
      assert.doesNotMatch(message, /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u)
      // https://docs.github.com/get-started/writing-on-github: mentions and references
      assert.doesNotMatch(message, /(?:^|\W)@\w|#\d/)
      assert.ok(Array.from(message).length <= MESSAGE_MAX_CHARACTERS)
    })
    fc.assert(property, { numRuns: 2_000, examples: [['_@.mailto:zq@zq.com']] })
  })

  test('about a hostile document is the same', async () => {
    const property = fc.asyncProperty(hostileText, hostileText, async (key, value) => {
      const text = JSON.stringify({ [key]: value, issuer: value, subject_pattern: value, permissions: key })
      for (const document of [text, `${key}: ${value}`]) {
        const annotations = annotate([await reviewText({ name: 'a.sts.yaml', text: document })])
        assert.ok(annotations.length > 0)
        for (const { message, title, path, startLine, endLine, startColumn, endColumn } of annotations) {
          assert.deepEqual(listActiveNodes(parseMarkdown(message)), [])
          assert.match(title ?? '', /^[a-z][a-z0-9_]*$/)
          assert.equal(path, '.github/chainguard/a.sts.yaml')
          assert.equal(startLine, endLine)
          assert.equal(startColumn, endColumn)
          assert.ok(startLine >= 1 && (startColumn ?? 0) >= 1)
        }
      }
    })
    await fc.assert(property, { numRuns: 300 })
  })

  test('leaves a subject with ids as it can be copied', () => {
    const message = 'write repo:acme@4242/app@510001:ref:refs/heads/main'
    assert.equal(messageOf(message), message)
  })
})

describe('annotations', () => {
  test('are 500 at most, errors first, in the order of the files', () => {
    const findings = (severity: 'error' | 'warning', count: number) =>
      Array.from({ length: count }, (_, at) => finding(severity, { line: at + 1 }))
    const annotations = annotate([
      reviewWith('a.sts.yaml', findings('warning', 90)),
      reviewWith('b.sts.yaml', [...findings('warning', 100), ...findings('error', 100)]),
      ...Array.from({ length: 3 }, (_, at) => reviewWith(`c${at}.sts.yaml`, findings('error', 100))),
      reviewWith('d.sts.yaml', findings('error', 1)),
    ])
    assert.equal(annotations.length, 500)
    const levels = annotations.map(({ level }) => level)
    assert.deepEqual(levels, [...Array<string>(401).fill('failure'), ...Array<string>(99).fill('warning')])
    assert.equal(annotations[400]?.path, '.github/chainguard/d.sts.yaml')
    assert.equal(annotations[401]?.path, '.github/chainguard/a.sts.yaml')
    assert.equal(annotations[499]?.path, '.github/chainguard/b.sts.yaml')
  })

  test('have the place, the level and the code of their finding', () => {
    const at = { line: 3, column: 7, code: 'unknown_field', message: 'what' }
    const [error, warning] = annotate([
      reviewWith('a.sts.yaml', [finding('warning', at), finding('error', at)]),
    ])
    const place = { startLine: 3, endLine: 3, startColumn: 7, endColumn: 7 }
    const same = { path: '.github/chainguard/a.sts.yaml', title: 'unknown_field', message: 'what', ...place }
    assert.deepEqual(error, { ...same, level: 'failure' })
    assert.deepEqual(warning, { ...same, level: 'warning' })
  })
})
