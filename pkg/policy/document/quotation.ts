import { quote } from '#pkg/errors'

/** A name or value of an author as a diagnostic shows it: in quotes, on one line, cut when it is long. */
export function quoted(text: string): string {
  return JSON.stringify(quote(text))
}
