/** Where a check can be. GitHub's own Actions have more. */
export const CHECK_STATUSES = ['queued', 'in_progress', 'completed'] as const

export type CheckStatus = (typeof CHECK_STATUSES)[number]

/** What an App may conclude. GitHub alone sets `stale`. */
export const CHECK_CONCLUSIONS = [
  'action_required',
  'cancelled',
  'failure',
  'neutral',
  'skipped',
  'success',
  'timed_out',
] as const

export type CheckConclusion = (typeof CHECK_CONCLUSIONS)[number]

/** How bad what an annotation says is. */
export const ANNOTATION_LEVELS = ['notice', 'warning', 'failure'] as const

/** A remark on lines of a file. */
export interface CheckAnnotation {
  readonly path: string
  readonly startLine: number
  readonly endLine: number
  readonly startColumn: number | null
  readonly endColumn: number | null
  readonly level: (typeof ANNOTATION_LEVELS)[number]
  readonly message: string
  readonly title: string | null
  readonly rawDetails: string | null
}

/** A button, which sends `check_run.requested_action` when it is pressed. */
export interface CheckAction {
  readonly label: string
  readonly description: string
  readonly identifier: string
}

/** What a check run says. */
export interface CheckOutput {
  readonly title: string | null
  readonly summary: string | null
  readonly text: string | null
}
