import { describePower, type IssuerList, type PolicyPlace, type PowerDifference } from '#pkg/policy'
import { isPassed, type PolicyReview } from '../review/policy-review.ts'
import { joinWithin } from './limited-blocks.ts'
import { codeBlock, codeSpan, powerText, tableRow } from './markdown.ts'

/** https://docs.github.com/rest/checks/runs#create-a-check-run */
const SUMMARY_MAX_BYTES = 65_535

/** So that the findings below the table are seen, too. */
const TABLE_MAX_BYTES = 24_000

/** Of one file; all of them are annotations. */
const FINDINGS_MAX = 10
const CHANGES_MAX = 30

/** What a check run says about a change. */
export interface ReviewedChange {
  readonly reviews: readonly PolicyReview[]
  /** Paths of policies that the change removes. */
  readonly removed: readonly string[]
  /** Why there may be more than these. */
  readonly gap: string | undefined
}

const POWER_WORDS: Readonly<Record<PowerDifference['power'], string>> = {
  more: 'gives more than before',
  may_be_more: 'may give more than before',
  less: 'gives less than before',
  same: 'gives what it gave before',
}

/** The summary in GitHub's Markdown, at most 65,535 bytes. Everything from a policy is code in it. */
export function summarize({ reviews, removed, gap }: ReviewedChange, place: PolicyPlace): string {
  const blocks = [
    ...(gap === undefined ? [] : [`**Not everything was checked**: ${gap}.`]),
    ...table(reviews, place),
    ...reviews.flatMap((review) => findingsOf(review, 'error')),
    ...reviews.flatMap(differenceOf),
    ...reviews.flatMap((review) => findingsOf(review, 'warning')),
    ...(removed.length === 0 ? [] : [removals(removed)]),
  ]
  return joinWithin(blocks, {
    maxBytes: SUMMARY_MAX_BYTES,
    separator: '\n\n',
    rest: (left) =>
      `There is no room here for ${left} more of these parts. The annotations have all findings.`,
  })
}

function table(reviews: readonly PolicyReview[], place: PolicyPlace): readonly string[] {
  const rows = reviews.flatMap((review) => rowsOf(review, place))
  if (rows.length === 0) return []
  const head = [tableRow(['file', 'who may use it', 'what it grants', 'on']), '| --- | --- | --- | --- |']
  const body = joinWithin(rows, {
    maxBytes: TABLE_MAX_BYTES,
    separator: '\n',
    rest: (left) => tableRow([`and ${left} more`, '', '', '']),
  })
  return [[...head, body].join('\n')]
}

function rowsOf(review: PolicyReview, place: PolicyPlace): readonly string[] {
  const { file, document } = review
  if (file.kind === 'unread') return []
  const name = codeSpan(file.path)
  if (document === undefined) return [tableRow([name, '**nobody: it does not work**', '', ''])]
  const mark = isPassed(review) ? '' : '**does not work as written**: '
  if (document.kind === 'issuer-list')
    return [tableRow([name, `${mark}${issuersOf(document.value)}`, '', ''])]
  const { issuer, subject, conditions, permissions, repositories } = describePower(document.value, place)
  const who = [`${powerText(issuer)}: ${powerText(subject)}`, ...conditions.map(powerText)].join('; ')
  return [tableRow([name, mark + who, permissions.map(powerText).join(', '), powerText(repositories)])]
}

function issuersOf({ mode, source }: IssuerList): string {
  const entries = [...(source.issuers ?? []), ...(source.issuer_patterns ?? [])]
  const shown = entries.slice(0, FINDINGS_MAX).map(codeSpan).join(', ')
  const more = entries.length > FINDINGS_MAX ? ` and ${entries.length - FINDINGS_MAX} more` : ''
  const audit = mode === 'audit' ? ' (audit: all others are let in and recorded)' : ''
  return `tokens of ${shown}${more}${audit}`
}

function findingsOf({ file, diagnostics }: PolicyReview, severity: 'error' | 'warning'): readonly string[] {
  const found = diagnostics.filter((diagnostic) => diagnostic.severity === severity)
  if (found.length === 0) return []
  const lines = found
    .slice(0, FINDINGS_MAX)
    .map(({ line, column, code, message }) => `${line}:${column} ${code}: ${message}`)
  if (found.length > FINDINGS_MAX) lines.push(`and ${found.length - FINDINGS_MAX} more`)
  const heading = severity === 'error' ? 'Errors' : 'Warnings'
  return [`#### ${heading} in ${codeSpan(file.path)}\n\n${codeBlock(lines)}`]
}

function differenceOf({ file, document }: PolicyReview): readonly string[] {
  if (document === undefined) return []
  const { power, changes } = document.difference
  const items = changes.slice(0, CHANGES_MAX).map(({ text }) => `- ${powerText(text)}`)
  if (changes.length > CHANGES_MAX) items.push(`- and ${changes.length - CHANGES_MAX} more changes`)
  const name = codeSpan(file.path)
  switch (document.before) {
    case 'none':
      return [`#### New: ${name}\n\n${items.join('\n')}`]
    case 'invalid':
      return [`#### ${name}, which did not work before\n\n${items.join('\n')}`]
    case 'valid':
      return [
        [`#### ${name} ${POWER_WORDS[power]}`, ...(items.length === 0 ? [] : [items.join('\n')])].join(
          '\n\n',
        ),
      ]
  }
}

function removals(removed: readonly string[]): string {
  const shown = removed.slice(0, CHANGES_MAX).map((path) => `- ${codeSpan(path)}`)
  if (removed.length > CHANGES_MAX) shown.push(`- and ${removed.length - CHANGES_MAX} more`)
  return `#### Removed: nobody can use these any more\n\n${shown.join('\n')}`
}
