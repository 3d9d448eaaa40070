import { describePower, type IssuerList, type PolicyPlace, type PowerDifference } from '#pkg/policy'
import { isReadable } from '../policy-file.ts'
import { isPassed, type PolicyReview, type ReviewedDocument } from '../review/policy-review.ts'
import { joinWithin } from './limited-blocks.ts'
import { codeBlock, codeSpan, powerText, tableRow } from './markdown.ts'

/** https://docs.github.com/rest/checks/runs#create-a-check-run */
const SUMMARY_MAX_BYTES = 65_535

/** So that the findings below the table are seen, too. */
const TABLE_MAX_BYTES = 24_000

/** So that no policy takes the place of all others. */
const ROW_MAX_BYTES = 6_000
const CHANGES_MAX_BYTES = 3_000

/** Of one file; all of them are annotations. */
const FINDINGS_MAX = 10
const CONDITIONS_MAX = 10
const REMOVALS_MAX = 30

/** What a check run says about a change. */
export interface ReviewedChange {
  readonly reviews: readonly PolicyReview[]
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
export function summarize({ reviews, gap }: ReviewedChange, place: PolicyPlace): string {
  const removed = reviews.filter(({ isRemoved, file }) => isRemoved && file.kind === 'trust-policy')
  const blocks = [
    ...(gap === undefined ? [] : [`**Not everything was checked**: ${gap}.`]),
    ...table(reviews, place),
    ...reviews.flatMap((review) => findingsOf(review, 'error')),
    ...reviews.flatMap(removalOf),
    // New ones can be any number, and must not hide what becomes of one that is in use.
    ...reviews.filter(isInUse).flatMap(differenceOf),
    ...reviews.filter((review) => !isInUse(review)).flatMap(differenceOf),
    ...reviews.flatMap((review) => findingsOf(review, 'warning')),
    ...(removed.length === 0 ? [] : [removals(removed.map(({ file }) => file.path))]),
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
  const { file, document, isRemoved } = review
  if (!isReadable(file) || isRemoved) return []
  const name = codeSpan(file.path)
  if (document === undefined) return [tableRow([name, '**nobody: it does not work**', '', ''])]
  const mark = isPassed(review) ? '' : '**does not work as written**: '
  if (document.kind === 'issuer-list')
    return [tableRow([name, `${mark}${issuersOf(document.value)}`, '', ''])]
  const { issuer, subject, conditions, permissions, repositories } = describePower(document.value, place)
  const asked = conditions.slice(0, CONDITIONS_MAX).map(powerText)
  if (conditions.length > CONDITIONS_MAX)
    asked.push(`and ${conditions.length - CONDITIONS_MAX} more conditions`)
  const who = [`${powerText(issuer)}: ${powerText(subject)}`, ...asked].join('; ')
  const row = tableRow([name, mark + who, permissions.map(powerText).join(', '), powerText(repositories)])
  return [
    Buffer.byteLength(row) <= ROW_MAX_BYTES
      ? row
      : tableRow([name, `${mark}too long to be shown here`, '', '']),
  ]
}

function isInUse({ document }: PolicyReview): boolean {
  return document?.before === 'valid'
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
  const name = codeSpan(file.path)
  const headings: Readonly<Record<ReviewedDocument['before'], string>> = {
    none: `New: ${name}`,
    invalid: `${name}, which did not work before`,
    valid: `${name} ${POWER_WORDS[power]}`,
  }
  return [underHeading(headings[document.before], changes)]
}

/** What becomes possible without a list of issuers. */
function removalOf({ file, removal }: PolicyReview): readonly string[] {
  if (removal === undefined) return []
  return [underHeading(`Removed: ${codeSpan(file.path)} ${POWER_WORDS[removal.power]}`, removal.changes)]
}

function underHeading(heading: string, changes: PowerDifference['changes']): string {
  const items = joinWithin(
    changes.map(({ text }) => `- ${powerText(text)}`),
    {
      maxBytes: CHANGES_MAX_BYTES,
      separator: '\n',
      rest: (left) => `- changes that there is no room for here: ${left}`,
    },
  )
  return [`#### ${heading}`, ...(items === '' ? [] : [items])].join('\n\n')
}

function removals(removed: readonly string[]): string {
  const shown = removed.slice(0, REMOVALS_MAX).map((path) => `- ${codeSpan(path)}`)
  if (removed.length > REMOVALS_MAX) shown.push(`- and ${removed.length - REMOVALS_MAX} more`)
  return `#### Removed: nobody can use these any more\n\n${shown.join('\n')}`
}
