import { FOREIGN_VARIABLES } from './foreign-variables.ts'
import { LATER_VARIABLES } from './later-variables.ts'
import { SERVICE_VARIABLES } from './service-variables.ts'
import type { LaterVariable, Variable } from './variable.ts'

/** One row of the table of all variables, for the documentation. */
export interface VariableEntry {
  readonly name: string
  readonly meaning: string
  /** What it may hold; undefined where another program reads it. */
  readonly allowed?: string
  readonly default?: string
  readonly required: boolean
  readonly secret: boolean
  /** `read`, or what setting it does while its part is not built, or which other program reads it. */
  readonly status: 'read' | 'not built: error' | 'not built: warning' | 'webhook' | 'prober'
}

/** Every variable that is known, in the order of the documentation. */
export const VARIABLES: readonly VariableEntry[] = [
  ...Object.entries<Variable>(SERVICE_VARIABLES).map(([name, variable]) => entryOf(name, variable, 'read')),
  ...Object.entries<LaterVariable>(LATER_VARIABLES).map(([name, variable]) =>
    entryOf(name, variable, `not built: ${variable.whenSet}`),
  ),
  ...Object.entries(FOREIGN_VARIABLES).map(([name, { meaning, program }]) => {
    return { name, meaning, required: false, secret: false, status: program }
  }),
]

/** The names of {@link VARIABLES}, and the other spellings of some. */
export const VARIABLE_NAMES: ReadonlySet<string> = new Set([
  ...VARIABLES.map(({ name }) => name),
  ...Object.values<Variable>(SERVICE_VARIABLES).flatMap(({ alias }) => alias ?? []),
])

function entryOf(name: string, variable: Variable, status: VariableEntry['status']): VariableEntry {
  return {
    name,
    meaning: variable.meaning,
    allowed: variable.type.allowed,
    ...(variable.default === undefined ? {} : { default: variable.default }),
    required: variable.required ?? false,
    secret: variable.secret ?? false,
    status,
  }
}
