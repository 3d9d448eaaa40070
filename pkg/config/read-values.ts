import { describeValue, type ConfigError } from './config-error.ts'
import { textOf, type Environment, type LaterVariable, type Values, type Variable } from './variable.ts'

/**
 * The values of a table of variables. An unset variable has its default, as has one that is reported as not
 * valid, so that the rest can be judged too: use none of them once anything was reported.
 *
 * @param optional - names of required variables that may be unset all the same.
 */
export function readValues<Table extends Readonly<Record<string, Variable>>>(
  table: Table,
  environment: Environment,
  report: (error: ConfigError) => void,
  optional: ReadonlySet<string> = new Set(),
): Values<Table> {
  const values = Object.entries(table).map(([name, variable]) => {
    const isRequired = variable.required === true && !optional.has(name)
    return [name, readValue(name, variable, isRequired, environment, report)] as const
  })
  // Each value was read by the type that stands under its name in the table.
  return Object.fromEntries(values) as Values<Table>
}

function readValue(
  name: string,
  variable: Variable,
  isRequired: boolean,
  environment: Environment,
  report: (error: ConfigError) => void,
): unknown {
  const text = textOf(name, variable, environment)
  if (text !== undefined) {
    const result = text === '' ? { ok: false as const } : variable.type.parse(text)
    if (result.ok) return result.value
    report(errorOf(name, variable, text, result.problem))
  } else if (isRequired) {
    report(errorOf(name, variable, text, 'it is required'))
  }
  const fallback = variable.default === undefined ? undefined : variable.type.parse(variable.default)
  return fallback?.ok === true ? fallback.value : undefined
}

function errorOf(
  name: string,
  variable: Variable,
  text: string | undefined,
  problem: string | undefined,
): ConfigError {
  return {
    variable: name,
    holds: describeValue(text, variable),
    ...(problem === undefined ? {} : { problem }),
    allowed: variable.type.allowed,
  }
}

/**
 * Judges variables whose part is not in this release: an error where ignoring one would weaken what the
 * operator wants, else a warning.
 */
export function checkLaterVariables(
  table: Readonly<Record<string, LaterVariable>>,
  environment: Environment,
  report: (error: ConfigError) => void,
): readonly string[] {
  const warnings: string[] = []
  for (const [name, variable] of Object.entries(table)) {
    const text = textOf(name, variable, environment)
    if (text === undefined) continue
    const result = variable.type.parse(text)
    if (!result.ok) {
      report(errorOf(name, variable, text, result.problem))
    } else if (variable.whenSet !== 'nothing' && (variable.asks?.(result.value) ?? true)) {
      if (variable.whenSet === 'error') {
        const allowed = variable.advice ?? 'leave it unset'
        report({ ...errorOf(name, variable, text, 'not in this release'), allowed })
      } else {
        const holds = describeValue(text, variable)
        const advice = variable.advice ?? 'it is ignored'
        warnings.push(`${name} (${variable.meaning}) holds ${holds}, not in this release: ${advice}`)
      }
    }
  }
  return warnings
}
