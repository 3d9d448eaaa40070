import type { Diagnostic, Position } from './diagnostic.ts'

/** At most so many findings are kept for one document; more help nobody. */
const DIAGNOSTICS_MAX = 100

/** What the readers of one document have found so far. */
export interface Findings {
  error(code: string, message: string, position: Position): void
  warn(code: string, message: string, position: Position): void
  /** Whether any error was found, kept or not. */
  hasErrors(): boolean
  /** In the order of the document. */
  list(): readonly Diagnostic[]
}

export function createFindings(): Findings {
  const diagnostics: Diagnostic[] = []
  let errors = 0

  function add(severity: Diagnostic['severity'], code: string, message: string, position: Position): void {
    const { line, column } = position
    if (diagnostics.length < DIAGNOSTICS_MAX) diagnostics.push({ severity, code, message, line, column })
  }

  return {
    error(code, message, position) {
      errors += 1
      add('error', code, message, position)
    },
    warn(code, message, position) {
      add('warning', code, message, position)
    },
    hasErrors: () => errors > 0,
    list: () => diagnostics.toSorted((a, b) => a.line - b.line || a.column - b.column),
  }
}
