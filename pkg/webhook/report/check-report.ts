import type { CheckAnnotation, CheckConclusion } from '#pkg/github'
import type { PolicyPlace } from '#pkg/policy'
import { isReadable } from '../policy-file.ts'
import { isPassed } from '../review/policy-review.ts'
import { annotate } from './annotations.ts'
import { summarize, type ReviewedChange } from './summary.ts'

/** The name of the check, which a branch protection requires. octo-sts's is the same. */
export const CHECK_NAME = 'Trust Policy Validation'

/** The end of a check run, before it is cut into requests. */
export interface CheckReport {
  readonly conclusion: Extract<CheckConclusion, 'success' | 'failure' | 'cancelled'>
  readonly title: string
  readonly summary: string
  readonly annotations: readonly CheckAnnotation[]
}

/** What is reported of a change: it fails if with any of its files no exchange would work as the file says. */
export function reportChange(change: ReviewedChange, place: PolicyPlace): CheckReport {
  const hasFailed = change.gap !== undefined || !change.reviews.every(isPassed)
  return {
    conclusion: hasFailed ? 'failure' : 'success',
    title: titleOf(change),
    summary: summarize(change, place),
    annotations: annotate(change.reviews),
  }
}

/** Where there is nothing to look at, and a check is wanted all the same. */
export const NOTHING_CHANGED: CheckReport = {
  conclusion: 'success',
  title: 'No trust policies changed',
  summary: 'No trust policy of this change has to be checked: it adds none and changes none.',
  annotations: [],
}

function titleOf({ reviews, gap }: ReviewedChange): string {
  const read = reviews.filter(({ file, isRemoved }) => isReadable(file) && !isRemoved)
  const failed = read.filter((review) => !isPassed(review)).length
  const warnings = reviews
    .flatMap(({ diagnostics }) => diagnostics)
    .filter(({ severity }) => severity === 'warning')
  const parts = [
    ...(gap === undefined ? [] : ['Not everything was checked']),
    ...(reviews.some(({ file }) => file.kind === 'no-folder') ? ['No policy can be read any more'] : []),
    ...(read.length === 0
      ? []
      : failed === 0
        ? [count(read.length, 'policy works', 'policies work')]
        : [
            `${failed} of ${count(read.length, 'policy', 'policies')} ${failed === 1 ? 'does' : 'do'} not work`,
          ]),
    ...(warnings.length === 0 ? [] : [count(warnings.length, 'warning', 'warnings')]),
  ]
  return parts.length === 0 ? NOTHING_CHANGED.title : parts.join(', ')
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`
}
