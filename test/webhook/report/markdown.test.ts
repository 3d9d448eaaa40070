import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Root } from 'mdast'
import { summarize } from '../../../pkg/webhook/report/summary.ts'
import { codeBlock, codeSpan, powerText, tableRow } from '../../../pkg/webhook/report/markdown.ts'
import { hostileText, MARK } from './support/hostile-text.ts'
import { listActiveNodes, listNodes, listRows, parseMarkdown, plainText } from './support/markdown-tree.ts'
import {
  finding,
  PLACE,
  removedPolicy,
  reviewRemovedList,
  reviewText,
  reviewWith,
} from './support/reviews.ts'

const BLOCKS: ReadonlySet<string> = new Set(['table', 'heading', 'paragraph', 'list', 'code'])

/** Fails unless all that a summary shows of its policies is code, and nothing does anything. */
function assertInert(summary: string): Root {
  const root = parseMarkdown(summary)
  assert.deepEqual(listActiveNodes(root), [])
  assert.deepEqual(
    root.children.filter(({ type }) => !BLOCKS.has(type)),
    [],
  )
  assert.match(plainText(root), /^[A-Za-z0-9 ,.:;()\n]*$/)
  assert.equal(plainText(root).includes(MARK), false, plainText(root))
  return root
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

/** Most of what the reader of policies lets through, so that much of it gets as far as the words about what is granted. */
const written = fc.oneof(
  {
    weight: 8,
    arbitrary: hostileText.map((text) => text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '').slice(0, 600)),
  },
  { weight: 1, arbitrary: hostileText },
)

/** Ways to get any text into an expression. */
const pattern = fc.oneof(
  { weight: 1, arbitrary: written },
  { weight: 4, arbitrary: written.map(escaped) },
  { weight: 2, arbitrary: written.map((text) => `\\Q${text}\\E`) },
  { weight: 1, arbitrary: written.map((text) => `(?:${escaped(text)}|x)*`) },
)

/** A policy in which `texts` are wherever an author can have them; many are valid. */
const policyText = fc
  .record({
    subject: fc.oneof(
      { weight: 4, arbitrary: fc.record({ subject_pattern: pattern }) },
      { weight: 1, arbitrary: fc.record({ subject: written }) },
      {
        weight: 2,
        arbitrary: fc.record({ subject: written.map((text) => `repo:acme/app:ref:refs/heads/${text}`) }),
      },
    ),
    issuer: fc.oneof(
      { weight: 12, arbitrary: fc.constant({ issuer: 'https://token.actions.githubusercontent.com' }) },
      fc.record({ issuer: written.map((text) => `https://token.actions.githubusercontent.com/${text}`) }),
      fc.record({ issuer: written }),
      fc.record({ issuer_pattern: pattern.map((text) => `https://e\\.example/${text}`) }),
    ),
    audience: fc.oneof(
      { weight: 4, arbitrary: fc.constant({}) },
      fc.record({ audience: written }),
      fc.record({ audience_pattern: pattern }),
    ),
    claims: fc.dictionary(written, pattern, { maxKeys: 3 }),
    forbidden: fc.dictionary(written, pattern, { maxKeys: 3 }),
    permissions: fc.oneof(
      { weight: 12, arbitrary: fc.constant({ contents: 'write', issues: 'read' }) },
      fc.dictionary(written, written, { maxKeys: 2 }),
    ),
    repositories: fc.oneof(
      { weight: 12, arbitrary: fc.constant(['app']) },
      fc.array(written, { maxLength: 3 }),
    ),
    more: fc.oneof(
      { weight: 12, arbitrary: fc.constant({}) },
      fc.dictionary(written, written, { maxKeys: 1 }),
      fc.record({ origin: written }),
    ),
  })
  .map(({ subject, issuer, audience, claims, forbidden, permissions, repositories, more }) =>
    JSON.stringify({
      ...issuer,
      ...subject,
      ...audience,
      ...(Object.keys(claims).length > 0 && { claim_pattern: claims }),
      ...(Object.keys(forbidden).length > 0 && { forbidden_claim_pattern: forbidden }),
      permissions,
      repositories,
      ...more,
    }),
  )

const listText = fc
  .record({
    mode: fc.oneof(fc.constantFrom('audit', 'enforce'), written),
    issuers: fc.array(fc.oneof(fc.constant('https://e.example'), written), { maxLength: 3 }),
    issuer_patterns: fc.array(
      pattern.map((text) => `https://e\\.example/${text}`),
      { maxLength: 3 },
    ),
  })
  .map((list) => JSON.stringify(list))

const file = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('trust-policy' as const), text: policyText }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('issuer-list' as const), text: listText }) },
)

describe('a summary', () => {
  test('shows nothing of a policy but as code, whatever is in it', async () => {
    const change = fc.record({
      files: fc.array(fc.record({ file, before: fc.option(file), name: hostileText }), {
        minLength: 1,
        maxLength: 3,
      }),
      messages: fc.array(fc.record({ name: hostileText, message: hostileText }), { maxLength: 2 }),
      removed: fc.array(hostileText, { maxLength: 3 }),
      removedLists: fc.array(fc.record({ text: listText }), { maxLength: 1 }),
    })
    let valid = 0
    let validLists = 0
    const property = fc.asyncProperty(change, async ({ files, messages, removed, removedLists }) => {
      const reviews = await Promise.all(
        files.map(({ file: { kind, text }, before, name }) =>
          reviewText({ name, kind, text, before: before?.text }),
        ),
      )
      const others = messages.flatMap(({ name, message }) => [
        reviewWith(name, [finding('error', { message })]),
        reviewWith(name, [finding('warning', { message })], 'unread'),
      ])
      const gone = [
        ...removed.map(removedPolicy),
        ...(await Promise.all(removedLists.map(({ text }) => reviewRemovedList(text)))),
      ]
      validLists += gone.filter(({ removal }) => removal !== undefined).length
      valid += reviews.filter(({ document }) => document !== undefined).length
      const root = assertInert(
        summarize({ reviews: [...reviews, ...others, ...gone], gap: undefined }, PLACE),
      )
      const rows = listRows(root)
      assert.deepEqual(
        rows.map((cells) => cells.length),
        Array.from({ length: 1 + files.length + messages.length }, () => 4),
      )
    })
    await fc.assert(property, { numRuns: 400 })
    assert.ok(valid > 100, `${valid} valid documents`)
    assert.ok(validLists > 10, `${validLists} valid lists that are removed`)
  })
})

describe('a value as code', () => {
  const places: readonly (readonly [name: string, put: (span: string) => string])[] = [
    ['a sentence', (span) => `before ${span} after`],
    ['a list', (span) => `- ${span}`],
    ['a heading', (span) => `#### ${span}`],
    ['a table', (span) => `| a | b |\n| --- | --- |\n${tableRow([`before ${span}`, span])}`],
  ]
  for (const [name, put] of places) {
    test(`stays code in ${name}`, () => {
      const property = fc.property(hostileText, (text) => {
        const root = parseMarkdown(put(codeSpan(text)))
        assert.deepEqual(listActiveNodes(root), [])
        assert.equal(plainText(root).includes(MARK), false)
        const codes = listNodes(root).filter(({ type }) => type === 'inlineCode')
        assert.equal(codes.length, name === 'a table' ? 2 : 1)
      })
      fc.assert(property, { numRuns: 500 })
    })
  }

  const shown: readonly (readonly [value: string, code: string])[] = [
    ['repo:acme/app:ref:refs/heads/main', 'repo:acme/app:ref:refs/heads/main'],
    ['a`b', 'a<U+0060>b'],
    ['a\nb\r\tc', 'a<U+000A>b<U+000D><U+0009>c'],
    ['a\u202eb\u2028c', 'a<U+202E>b<U+2028>c'],
    ['a\u00a0b\u3164c', 'a<U+00A0>b<U+3164>c'],
    ['\ud800', '<U+D800>'],
    ['\u{e0041}', '<U+E0041>'],
    [' a b ', '<U+0020>a b<U+0020>'],
    [' ', '<U+0020>'],
    ['a|b', 'a|b'],
    ['&lt;b>', '&lt;b>'],
    ['é\u{1f600}', 'é\u{1f600}'],
  ]
  for (const [value, code] of shown) {
    test(`shows ${JSON.stringify(value)} as ${JSON.stringify(code)}`, () => {
      const [node] = listNodes(parseMarkdown(codeSpan(value))).filter(({ type }) => type === 'inlineCode')
      assert.ok(node?.type === 'inlineCode')
      assert.equal(node.value, code)
    })
  }

  test('is cut to 200 characters, and never inside one', () => {
    assert.equal(codeSpan('\u{1f600}'.repeat(200)), `\`${'\u{1f600}'.repeat(200)}\``)
    assert.equal(codeSpan('\u{1f600}'.repeat(201)), `\`${'\u{1f600}'.repeat(199)}…\``)
  })

  test('that is empty is said in words', () => {
    assert.equal(codeSpan(''), 'an empty text')
  })
})

test('a bar in a table stays in its cell, with any number of backslashes before it', () => {
  for (const backslashes of [0, 1, 2, 3, 4]) {
    const value = `a${'\\'.repeat(backslashes)}|b`
    const root = parseMarkdown(`| a | b |\n| --- | --- |\n${tableRow([codeSpan(value), 'c'])}`)
    const [, row] = listRows(root)
    assert.equal(row?.length, 2)
    const [code] = listNodes(root).filter(({ type }) => type === 'inlineCode')
    assert.ok(code?.type === 'inlineCode')
    assert.equal(code.value, backslashes === 0 ? value : value.replace('|', '<U+007C>'))
  }
})

test('no line ends a block of code', () => {
  const property = fc.property(fc.array(hostileText, { maxLength: 4 }), (lines) => {
    const root = parseMarkdown(`${codeBlock(lines)}\n\nend`)
    assert.deepEqual(
      root.children.map(({ type }) => type),
      ['code', 'paragraph'],
    )
    const [code] = root.children
    assert.ok(code?.type === 'code')
    assert.equal(code.value.split('\n').length, Math.max(1, lines.length))
  })
  fc.assert(property, { numRuns: 500 })
})

test('more than 20 values of a text are counted', () => {
  const values = (count: number) =>
    Array.from({ length: count }, (_, at) => (at === 0 ? [{ code: 'a' }] : [', ', { code: 'a' }])).flat()
  assert.equal(powerText(values(20)), Array(20).fill('`a`').join(', '))
  assert.equal(powerText(values(500)), `${Array(20).fill('`a`').join(', ')} and 480 more`)
})
