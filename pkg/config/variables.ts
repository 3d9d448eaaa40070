import { FOREIGN_VARIABLES } from './foreign-variables.ts'
import { LATER_VARIABLES } from './later-variables.ts'
import { SERVICE_VARIABLES } from './service-variables.ts'
import type { LaterVariable, ReadVariable, Topic, Variable } from './variable.ts'
import { LATER_WEBHOOK_VARIABLES, WEBHOOK_VARIABLES } from './webhook-variables.ts'

/** A program that reads variables. */
export type Program = 'service' | 'webhook' | 'prober'

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
  /** The programs that it concerns. */
  readonly programs: readonly Program[]
  /** `read`, or what setting it does while its part is not built, or that its program is not in this release. */
  readonly status: 'read' | `not built: ${LaterVariable['whenSet']}` | 'prober'
}

const READ_VARIABLES: Readonly<Record<string, ReadVariable>> = { ...SERVICE_VARIABLES, ...WEBHOOK_VARIABLES }

/** Every variable that is known; those of one topic in the order of the documentation. */
export const VARIABLES: readonly VariableEntry[] = [
  ...Object.entries(READ_VARIABLES).map(([name, variable]) => {
    const { topic, example, remarks } = variable
    return {
      ...entryOf(name, variable, 'read', programsOf(name, SERVICE_VARIABLES, WEBHOOK_VARIABLES)),
      topic,
      ...(example === undefined ? {} : { example }),
      ...(remarks === undefined ? {} : { remarks }),
    }
  }),
  ...Object.entries<LaterVariable>(LATER_VARIABLES).map(([name, variable]) => {
    const programs = programsOf(name, LATER_VARIABLES, LATER_WEBHOOK_VARIABLES)
    return entryOf(name, variable, `not built: ${variable.whenSet}`, programs)
  }),
  ...Object.entries(FOREIGN_VARIABLES).map(([name, { meaning, program, octoSts = false }]) => {
    return { name, meaning, required: false, secret: false, octoSts, programs: [program], status: program }
  }),
]

/** The names of {@link VARIABLES}, and the other spellings of some. */
export const VARIABLE_NAMES: ReadonlySet<string> = new Set(
  VARIABLES.flatMap(({ name, alias }) => [name, alias ?? []].flat()),
)

function programsOf(name: string, service: object, webhook: object): readonly Program[] {
  const programs: Program[] = []
  if (Object.hasOwn(service, name)) programs.push('service')
  if (Object.hasOwn(webhook, name)) programs.push('webhook')
  return programs
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
