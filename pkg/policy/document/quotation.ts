import { quote } from '#pkg/errors'

/** A name or value of an author as a diagnostic shows it: in quotes, on one line, cut when it is long. */
export function quoted(text: string): string {
  return JSON.stringify(quote(text))
}

/** What the YAML parser says of a document, of which it may quote any amount: on one line, and cut. */
export function parserMessage(message: string): string {
  return quote(message.replaceAll('\n', ' '))
}
