import { LATER_VARIABLES } from './later-variables.ts'
import { LATER_PROBER_VARIABLES, PROBER_VARIABLES } from './prober-variables.ts'
import { SERVICE_VARIABLES } from './service-variables.ts'
import type { LaterVariable, ReadVariable, Topic, Variable } from './variable.ts'
import { LATER_WEBHOOK_VARIABLES, WEBHOOK_VARIABLES } from './webhook-variables.ts'

/** A program that reads variables; `prober` stands for both probers. */
export type Program = 'service' | 'webhook' | 'prober'

/** One row of the table of all variables, for the documentation. */
export interface VariableEntry {
  readonly name: string
  readonly meaning: string
  /** What it may hold. */
  readonly allowed: string
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
  /** The programs that it concerns. */
  readonly programs: readonly Program[]
  /** `read`, or what setting it does while its part is not built. */
  readonly status: 'read' | `not built: ${LaterVariable['whenSet']}`
}

/** A variable of several programs is the same one in all of them. */
const READ_VARIABLES: Readonly<Record<string, ReadVariable>> = {
  ...SERVICE_VARIABLES,
  ...WEBHOOK_VARIABLES,
  ...PROBER_VARIABLES,
}

const PROGRAMS: readonly Program[] = ['service', 'webhook', 'prober']
const READ_TABLES = { service: SERVICE_VARIABLES, webhook: WEBHOOK_VARIABLES, prober: PROBER_VARIABLES }
const LATER_TABLES = {
  service: LATER_VARIABLES,
  webhook: LATER_WEBHOOK_VARIABLES,
  prober: LATER_PROBER_VARIABLES,
}

/** Every variable that is known; those of one topic in the order of the documentation. */
export const VARIABLES: readonly VariableEntry[] = [
  ...Object.entries(READ_VARIABLES).map(([name, variable]) => {
    const { topic, example, remarks } = variable
    return {
      ...entryOf(name, variable, 'read', programsOf(name, READ_TABLES)),
      topic,
      ...(example === undefined ? {} : { example }),
      ...(remarks === undefined ? {} : { remarks }),
    }
  }),
  ...Object.entries<LaterVariable>(LATER_VARIABLES).map(([name, variable]) => {
    return entryOf(name, variable, `not built: ${variable.whenSet}`, programsOf(name, LATER_TABLES))
  }),
]

/** The names of {@link VARIABLES}, and the other spellings of some. */
export const VARIABLE_NAMES: ReadonlySet<string> = new Set(
  VARIABLES.flatMap(({ name, alias }) => [name, alias ?? []].flat()),
)

function programsOf(name: string, tables: Readonly<Record<Program, object>>): readonly Program[] {
  return PROGRAMS.filter((program) => Object.hasOwn(tables[program], name))
}

function entryOf(
  name: string,
  variable: Variable,
  status: VariableEntry['status'],
  programs: readonly Program[],
): VariableEntry {
  return {
    name,
    meaning: variable.meaning,
    allowed: variable.type.allowed,
    ...(variable.default === undefined ? {} : { default: variable.default }),
    required: variable.required ?? false,
    secret: variable.secret ?? false,
    ...(variable.alias === undefined ? {} : { alias: variable.alias }),
    octoSts: variable.octoSts ?? false,
    programs,
    status,
  }
}
