import { redact } from '#pkg/telemetry'
import { visible } from '../ghsts/terminal/visible-text.ts'

/** Characters (code points) of a value that are shown; the rest is cut, and the cut shows as an ellipsis. */
const SHOWN_MAX_CHARACTERS = 300

/**
 * `text` as the demo shows what somebody else wrote, on a terminal and on its page: on one line, cut, with every character
 * that would act there or that nobody could see by its number, and nothing in it that looks like a secret.
 */
export function shownText(text: string): string {
  // Looked at in part only: a value can be as long as a log line.
  const points = Array.from(redact(text).slice(0, 2 * (SHOWN_MAX_CHARACTERS + 1)))
  const kept =
    points.length <= SHOWN_MAX_CHARACTERS ? points : [...points.slice(0, SHOWN_MAX_CHARACTERS - 1), '…']
  return visible(kept.join(''))
}
