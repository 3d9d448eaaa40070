/** A place in a document. Lines and columns count from 1; a column counts UTF-16 code units. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** One finding about a document, with its place. `code` is stable; `message` is for people. */
export interface Diagnostic extends Position {
  readonly severity: 'error' | 'warning'
  /** A stable snake_case name, e.g. `unknown_field`. */
  readonly code: string
  readonly message: string
}

/** A document that was read: its value with warnings at most, or the errors that make it invalid. */
export type ReadResult<T> =
  | { readonly ok: true; readonly value: T; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }
