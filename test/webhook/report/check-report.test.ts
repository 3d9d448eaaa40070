import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PolicyReview } from '../../../pkg/webhook/review/policy-review.ts'
import { reportChange } from '../../../pkg/webhook/report/check-report.ts'
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

const good = await reviewText({ name: 'good.sts.yaml', text: GOOD_POLICY })
const warned: PolicyReview = { ...good, diagnostics: [finding('warning'), finding('warning')] }
const broken = reviewWith('broken.sts.yaml', [finding('error'), finding('error')])
const lacking: PolicyReview = { ...good, diagnostics: [finding('warning'), finding('error')] }
const unread = reviewWith('note.yaml', [finding('warning')], 'unread')
const list = await reviewText({
  name: 'sts-issuers.yaml',
  kind: 'issuer-list',
  text: 'issuers: [https://e.example]\n',
})

const noFolder = reviewWithoutFolder([finding('error')])
const removed = removedPolicy('removed.sts.yaml')
const removedList = await reviewRemovedList('issuers: [https://e.example]\n')

interface Case {
  readonly name: string
  readonly reviews: readonly PolicyReview[]
  readonly gap?: string
  readonly conclusion: 'success' | 'failure'
  readonly title: string
}

const CASES: readonly Case[] = [
  { name: 'one that works', reviews: [good], conclusion: 'success', title: '1 policy works' },
  { name: 'two that work', reviews: [good, list], conclusion: 'success', title: '2 policies work' },
  {
    name: 'warnings alone',
    reviews: [warned, good],
    conclusion: 'success',
    title: '2 policies work, 2 warnings',
  },
  { name: 'an unread file alone', reviews: [unread], conclusion: 'success', title: '1 warning' },
  {
    name: 'one that does not',
    reviews: [broken],
    conclusion: 'failure',
    title: '1 of 1 policy does not work',
  },
  {
    name: 'one of three that does not, and warnings',
    reviews: [broken, warned, good, unread],
    conclusion: 'failure',
    title: '1 of 3 policies does not work, 3 warnings',
  },
  {
    name: 'two that do not',
    reviews: [broken, lacking],
    conclusion: 'failure',
    title: '2 of 2 policies do not work, 1 warning',
  },
  {
    name: 'a gap, though all that was read works',
    reviews: [good],
    gap: 'there are more',
    conclusion: 'failure',
    title: 'Not everything was checked, 1 policy works',
  },
  {
    name: 'a gap alone',
    reviews: [],
    gap: 'there are more',
    conclusion: 'failure',
    title: 'Not everything was checked',
  },
  {
    name: 'what takes the place of the folder',
    reviews: [noFolder],
    conclusion: 'failure',
    title: 'No policy can be read any more',
  },
  {
    name: 'a removed policy alone',
    reviews: [removed],
    conclusion: 'success',
    title: 'No trust policies changed',
  },
  {
    name: 'removed policies beside others, which are counted without them',
    reviews: [removed, good, removed, broken],
    conclusion: 'failure',
    title: '1 of 2 policies does not work',
  },
  { name: 'a removed issuer list alone', reviews: [removedList], conclusion: 'success', title: '1 warning' },
  {
    name: 'a removed issuer list beside a policy',
    reviews: [good, removedList],
    conclusion: 'success',
    title: '1 policy works, 1 warning',
  },
  { name: 'nothing', reviews: [], conclusion: 'success', title: 'No trust policies changed' },
]

describe('the report of', () => {
  for (const { name, reviews, gap, conclusion, title } of CASES) {
    test(`${name} is a ${conclusion}`, () => {
      const report = reportChange({ reviews, gap }, PLACE)
      assert.equal(report.conclusion, conclusion)
      assert.equal(report.title, title)
    })
  }
})

const one = finding('error', { message: '@team\n'.repeat(1_000) })

test('a title is one short line without anything of a policy, whatever the change', () => {
  const many = Array.from({ length: 300 }, (_, at): PolicyReview => {
    const file = { kind: 'trust-policy', path: `\n@team ${at}`, level: 'repository' } as const
    return { ...broken, file, diagnostics: Array<typeof one>(100).fill(one) }
  })
  const { title, annotations } = reportChange(
    {
      reviews: [...many, ...many.map((review) => ({ ...review, diagnostics: [finding('warning')] }))],
      gap: 'x',
    },
    PLACE,
  )
  assert.equal(title, 'Not everything was checked, 300 of 600 policies do not work, 300 warnings')
  assert.equal(annotations.length, 500)
})
