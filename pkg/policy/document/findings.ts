import type { Diagnostic, Position } from './diagnostic.ts'

/** At most so many findings are told of one document, errors before warnings; more help nobody. */
const DIAGNOSTICS_MAX = 100

/** What the readers of one document have found so far. */
export interface Findings {
  error(code: string, message: string, position: Position): void
  warn(code: string, message: string, position: Position): void
  /** Whether any error was found. */
  hasErrors(): boolean
  /** In the order of the document. */
  list(): readonly Diagnostic[]
}

export function createFindings(): Findings {
  // Apart, so that no number of warnings hides the error that makes a document invalid.
  const errors: Diagnostic[] = []
  const warnings: Diagnostic[] = []

  return {
    error(code, message, { line, column }) {
      if (errors.length < DIAGNOSTICS_MAX) errors.push({ severity: 'error', code, message, line, column })
    },
    warn(code, message, { line, column }) {
      if (warnings.length < DIAGNOSTICS_MAX)
        warnings.push({ severity: 'warning', code, message, line, column })
    },
    hasErrors: () => errors.length > 0,
    list: () =>
      [...errors, ...warnings]
        .slice(0, DIAGNOSTICS_MAX)
        .toSorted((a, b) => a.line - b.line || a.column - b.column),
  }
}
