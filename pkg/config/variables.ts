import { FOREIGN_VARIABLES } from './foreign-variables.ts'
import { LATER_VARIABLES } from './later-variables.ts'
import { SERVICE_VARIABLES } from './service-variables.ts'
import type { LaterVariable, ServiceVariable, Topic, Variable } from './variable.ts'

/** One row of the table of all variables, for the documentation. */
export interface VariableEntry {
  readonly name: string
  readonly meaning: string
  /** What it may hold; undefined where another program reads it. */
  readonly allowed?: string
  readonly default?: string
  readonly required: boolean
  readonly secret: boolean
  /** Another name, read when the first is unset. */
  readonly alias?: string
  /** Whether octo-sts has a variable of this name and meaning. */
  readonly octoSts: boolean
  /** Of variables that are read. */
  readonly topic?: Topic
  /** A valid value, as an operator would write it. */
  readonly example?: string
  /** What else an operator has to know, in sentences of Markdown. */
  readonly remarks?: string
  /** `read`, or what setting it does while its part is not built, or which other program reads it. */
  readonly status: 'read' | `not built: ${LaterVariable['whenSet']}` | 'webhook' | 'prober'
}

/** Every variable that is known, in the order of the documentation. */
export const VARIABLES: readonly VariableEntry[] = [
  ...Object.entries<ServiceVariable>(SERVICE_VARIABLES).map(([name, variable]) => {
    const { topic, example, remarks } = variable
    return {
      ...entryOf(name, variable, 'read'),
      topic,
      ...(example === undefined ? {} : { example }),
      ...(remarks === undefined ? {} : { remarks }),
    }
  }),
  ...Object.entries<LaterVariable>(LATER_VARIABLES).map(([name, variable]) =>
    entryOf(name, variable, `not built: ${variable.whenSet}`),
  ),
  ...Object.entries(FOREIGN_VARIABLES).map(([name, { meaning, program, octoSts = false }]) => {
    return { name, meaning, required: false, secret: false, octoSts, status: program }
  }),
]

/** The names of {@link VARIABLES}, and the other spellings of some. */
export const VARIABLE_NAMES: ReadonlySet<string> = new Set(
  VARIABLES.flatMap(({ name, alias }) => [name, alias ?? []].flat()),
)

function entryOf(name: string, variable: Variable, status: VariableEntry['status']): VariableEntry {
  return {
    name,
    meaning: variable.meaning,
    allowed: variable.type.allowed,
    ...(variable.default === undefined ? {} : { default: variable.default }),
    required: variable.required ?? false,
    secret: variable.secret ?? false,
    ...(variable.alias === undefined ? {} : { alias: variable.alias }),
    octoSts: variable.octoSts ?? false,
    status,
  }
}
