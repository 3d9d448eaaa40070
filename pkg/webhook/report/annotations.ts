import type { CheckAnnotation } from '#pkg/github'
import type { Diagnostic } from '#pkg/policy'
import type { PolicyReview } from '../review/policy-review.ts'
import { cutText, showAll } from './visible-text.ts'

/** Annotations of one check run: ten requests of fifty. The summary counts the others. */
export const ANNOTATIONS_MAX = 500

/** GitHub takes 64 KB; nobody reads as much. */
const MESSAGE_MAX_CHARACTERS = 2_000

/**
 * Where a mention, a link, an image, a reference or HTML could begin, if a message were shown as Markdown: a space of no
 * width keeps it from that. The ids in subjects (`acme@1/app@2`) begin none, and are left as they can be copied.
 */
const ACTIVE_TEXT =
  /(?<!\w)@(?=\w)|@(?=[\w-]*\.)|:(?=\/\/)|www(?=\.)|#(?=\d)|GH-(?=\d)|!(?=\[)|\](?=[[(:])|<(?=[A-Za-z/!?])/gi
const ZERO_WIDTH_SPACE = '\u200b'

/** The findings at their places, errors first, so that warnings displace none. */
export function annotate(reviews: readonly PolicyReview[]): readonly CheckAnnotation[] {
  const all = reviews.flatMap(({ file, diagnostics }) =>
    diagnostics.map((diagnostic) => ({ path: file.path, diagnostic })),
  )
  const isError = ({ diagnostic }: (typeof all)[number]): boolean => diagnostic.severity === 'error'
  return [...all.filter(isError), ...all.filter((one) => !isError(one))]
    .slice(0, ANNOTATIONS_MAX)
    .map(({ path, diagnostic }) => annotationOf(path, diagnostic))
}

function annotationOf(path: string, { severity, code, message, line, column }: Diagnostic): CheckAnnotation {
  return {
    path,
    startLine: line,
    endLine: line,
    startColumn: column,
    endColumn: column,
    level: severity === 'error' ? 'failure' : 'warning',
    title: code,
    message: disarm(cutText(showAll(message), MESSAGE_MAX_CHARACTERS)),
  }
}

/** Messages are shown as they are, but where else GitHub shows them is not for us to know. */
function disarm(text: string): string {
  return text.replace(ACTIVE_TEXT, `$&${ZERO_WIDTH_SPACE}`)
}
