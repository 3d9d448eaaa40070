import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PolicyReview } from '../../../pkg/webhook/review/policy-review.ts'
import { joinWithin } from '../../../pkg/webhook/report/limited-blocks.ts'
import { summarize } from '../../../pkg/webhook/report/summary.ts'
import { listActiveNodes, listRows, parseMarkdown, plainText } from './support/markdown-tree.ts'
import {
  finding,
  GOOD_POLICY,
  PLACE,
  removedPolicy,
  reviewRemovedList,
  reviewText,
  reviewWith,
  reviewWithoutFolder,
} from './support/reviews.ts'

const SUMMARY_MAX_BYTES = 65_535

/** Characters of two, three and four bytes. */
const LONG_TEXT = 'é…\u{1f600}'.repeat(80)

function summaryOf(reviews: readonly PolicyReview[]): string {
  return summarize({ reviews, gap: undefined }, PLACE)
}

/** A policy with as much text as its language allows in many of its places. */
function longPolicy(level: 'read' | 'write'): string {
  const patterns = (word: string) =>
    Object.fromEntries(
      Array.from({ length: 12 }, (_, at) => [`${word}${at}_${LONG_TEXT.slice(0, 90)}`, LONG_TEXT]),
    )
  return JSON.stringify({
    issuer_pattern: `https://e\\.example/${LONG_TEXT}`,
    subject_pattern: LONG_TEXT,
    audience_pattern: LONG_TEXT,
    claim_pattern: patterns('a'),
    forbidden_claim_pattern: patterns('b'),
    permissions: { contents: level, issues: level, pull_requests: level },
    repositories: Array.from({ length: 300 }, (_, at) => `repository-${at}`),
  })
}

describe('the summary of 300 policies', () => {
  const worst: readonly (readonly [name: string, review: (at: number) => Promise<PolicyReview>])[] = [
    [
      'which are new and long',
      (at) => reviewText({ name: `${LONG_TEXT}${at}.sts.yaml`, text: longPolicy('read') }),
    ],
    [
      'which were changed in much',
      (at) => reviewText({ name: `${at}.sts.yaml`, text: longPolicy('write'), before: GOOD_POLICY }),
    ],
    [
      'with many findings of many characters',
      (at) => {
        const message = '\u{1f600}'.repeat(5_000)
        const findings = Array.from({ length: 100 }, (_, line) =>
          finding('error', { line: line + 1, message }),
        )
        return Promise.resolve(reviewWith(`${LONG_TEXT}${at}.sts.yaml`, findings))
      },
    ],
    ['which are short', (at) => reviewText({ name: `${at}.sts.yaml`, text: GOOD_POLICY })],
  ]
  for (const [name, review] of worst) {
    test(`${name}, fits, is whole, and counts what is left out`, async () => {
      const one = await review(0)
      const reviews = Array.from({ length: 300 }, (_, at): PolicyReview => {
        const path = one.file.path.replace('0.sts', `${at}.sts`)
        return { ...one, file: { ...one.file, path } }
      })
      const summary = summaryOf(reviews)
      assert.ok(Buffer.byteLength(summary) <= SUMMARY_MAX_BYTES)
      assert.ok(summary.isWellFormed())
      const root = parseMarkdown(summary)
      assert.deepEqual(listActiveNodes(root), [])
      const rows = listRows(root)
      assert.ok(rows.every((cells) => cells.length === 4))
      const [, moreRows = '0'] = /and (\d+) more$/m.exec(rows.flat().map(plainText).join('\n')) ?? []
      assert.equal(rows.length - 1 - (moreRows === '0' ? 0 : 1) + Number(moreRows), 300)
      // Each policy has blocks beside its row: errors or what it gives, and warnings.
      const blocks = one.diagnostics.some(({ severity }) => severity === 'warning') ? 2 : 1
      const shown = root.children.filter(({ type }) => type === 'heading').length
      const [, moreParts = '0'] = /no room here for (\d+) more/.exec(plainText(root)) ?? []
      assert.ok(shown >= 3)
      assert.ok(Number(moreParts) > 0)
      assert.equal(shown + Number(moreParts), 300 * blocks)
    })
  }

  test('shows what becomes of policies in use before all new ones', async () => {
    const added = await reviewText({ name: 'a.sts.yaml', text: longPolicy('read') })
    const changed = await reviewText({
      name: 'z.sts.yaml',
      text: GOOD_POLICY.replace('read', 'write'),
      before: GOOD_POLICY,
    })
    const summary = summaryOf([...Array.from({ length: 200 }, () => added), changed])
    assert.match(summary, /`\.github\/chainguard\/z\.sts\.yaml` gives more than before/)
    assert.match(summary, /raises `issues` from read to write/)
  })
})

describe('one policy', () => {
  test('of 500 repositories has a row that names some and counts the others', async () => {
    const text = GOOD_POLICY.replace(
      '[app]',
      JSON.stringify(Array.from({ length: 500 }, (_, at) => `repository-${at}`)),
    )
    const summary = summaryOf([await reviewText({ name: 'a.sts.yaml', text })])
    const rows = listRows(parseMarkdown(summary))
    assert.match(plainText(rows[1]?.[3] ?? { type: 'text', value: '' }), / and 480 more$/)
  })

  test('with more than ten conditions has a row that counts the others', async () => {
    const claims = Array.from({ length: 14 }, (_, at) => `  claim_${at}: x`).join('\n')
    const text = `${GOOD_POLICY}claim_pattern:\n${claims}\n`
    assert.match(summaryOf([await reviewText({ name: 'a.sts.yaml', text })]), /; and 4 more conditions \|/)
  })

  test('that is too long for a row says so', async () => {
    const review = await reviewText({ name: 'a.sts.yaml', text: longPolicy('read') })
    const rows = listRows(parseMarkdown(summaryOf([review])))
    assert.match(plainText(rows[1]?.[1] ?? { type: 'text', value: '' }), /too long to be shown here$/)
  })

  test('that cannot be used has a row that says so', () => {
    const summary = summaryOf([reviewWith('a.sts.yaml', [finding('error')])])
    assert.match(summary, /\| \*\*nobody: it does not work\*\* \|/)
    assert.match(summary, /1:1 a_code: a message/)
  })

  test('that works but for an error has a row that says so', async () => {
    const review = await reviewText({ name: 'a.sts.yaml', text: GOOD_POLICY })
    const summary = summaryOf([{ ...review, diagnostics: [finding('error')] }])
    assert.match(summary, /\| \*\*does not work as written\*\*: /)
  })

  const versions: readonly (readonly [name: string, before: string | undefined, heading: RegExp])[] = [
    ['is new', undefined, /^#### New: `.*a\.sts\.yaml`$/m],
    ['was invalid', 'subject: x', /^#### `.*a\.sts\.yaml`, which did not work before$/m],
    ['gave less', GOOD_POLICY.replace('issues: read', 'metadata: read'), /` gives more than before$/m],
    ['gave more', GOOD_POLICY.replace('read', 'write'), /` gives less than before$/m],
    ['gave the same', `# a comment\n${GOOD_POLICY}`, /` gives what it gave before$/m],
    [
      'had another subject',
      GOOD_POLICY.replace('heads/main', 'heads/other'),
      /` may give more than before$/m,
    ],
  ]
  for (const [name, before, heading] of versions) {
    test(`that ${name} is headed by that`, async () => {
      const review = await reviewText({ name: 'a.sts.yaml', text: GOOD_POLICY, before })
      assert.match(summaryOf([review]), heading)
    })
  }
})

test('files that no exchange reads have findings, and no row', () => {
  const summary = summaryOf([reviewWith('a.yaml', [finding('warning')], 'unread')])
  assert.deepEqual(listRows(parseMarkdown(summary)), [])
  assert.match(summary, /^#### Warnings in `\.github\/chainguard\/a\.yaml`/)
})

test('what takes the place of the folder has findings, and no row', () => {
  const summary = summaryOf([reviewWithoutFolder([finding('error')])])
  assert.deepEqual(listRows(parseMarkdown(summary)), [])
  assert.match(summary, /^#### Errors in `\.github\/chainguard`/)
})

describe('what is removed', () => {
  const REMOVED = /^#### Removed: nobody can use these any more\n\n- `\.github\/chainguard\/a\.sts\.yaml`$/m

  test('has no row, and policies are named last', async () => {
    const summary = summaryOf([
      removedPolicy('a.sts.yaml'),
      await reviewText({ name: 'b.sts.yaml', text: GOOD_POLICY }),
    ])
    assert.equal(listRows(parseMarkdown(summary)).length, 2)
    assert.match(summary, REMOVED)
    assert.ok(summary.indexOf('Removed:') > summary.indexOf('New:'))
    assert.match(summaryOf([removedPolicy('a.sts.yaml')]), REMOVED)
  })

  test('is shown with what becomes possible, if it is an issuer list', async () => {
    const removed = await reviewRemovedList('issuers: [https://e.example]\n')
    const summary = summaryOf([await reviewText({ name: 'a.sts.yaml', text: GOOD_POLICY }), removed])
    assert.match(
      summary,
      /^#### Removed: `\.github\/chainguard\/trusted-token-issuers\.yaml` gives more than before\n\n- /m,
    )
    assert.match(
      summary,
      /^#### Warnings in `.*trusted-token-issuers\.yaml`\n\n```text\n1:1 issuer_list_removed: /m,
    )
    assert.equal(listRows(parseMarkdown(summary)).length, 2)
    assert.doesNotMatch(summary, /nobody can use these/)
    // It lets in any number: that comes before all that is new.
    assert.ok(summary.indexOf('Removed:') < summary.indexOf('New:'))
  })

  test('is a warning alone, if it is a list that nobody could use', async () => {
    const summary = summaryOf([await reviewRemovedList('broken')])
    assert.doesNotMatch(summary, /Removed/)
    assert.match(summary, /issuer_list_removed/)
  })
})

test('more than ten findings of a file, and thirty removals, are counted', () => {
  const findings = Array.from({ length: 12 }, (_, at) => finding('error', { line: at + 1 }))
  const removed = Array.from({ length: 33 }, (_, at) => removedPolicy(`${at}.sts.yaml`))
  const summary = summaryOf([reviewWith('a.sts.yaml', findings), ...removed])
  assert.match(summary, /^10:1 a_code: a message\nand 2 more\n```$/m)
  assert.match(summary, /^- `\.github\/chainguard\/29\.sts\.yaml`\n- and 3 more$/m)
})

test('why not everything was checked comes first', () => {
  const summary = summarize({ reviews: [], gap: 'it is too much' }, PLACE)
  assert.equal(summary, '**Not everything was checked**: it is too much.')
})

describe('blocks', () => {
  const join = (blocks: readonly string[], maxBytes: number): string =>
    joinWithin(blocks, { maxBytes, separator: '\n', rest: (left) => `+${left}` })

  test('that fit exactly are all taken', () => {
    assert.equal(join(['éé', 'b'], 6), 'éé\nb')
  })

  test('are taken as long as there is room to count the others', () => {
    assert.equal(join(['éé', 'b'], 5), '+2')
    assert.equal(join(['a', 'b', 'cccc', 'd'], 6), 'a\nb\n+2')
    assert.equal(join(['a', 'b', 'cccc', 'd'], 5), 'a\n+3')
  })

  test('that are none give nothing', () => {
    assert.equal(join([], 5), '')
  })
})
