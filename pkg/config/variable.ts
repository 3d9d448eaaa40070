import type { ValueType } from './value-type.ts'

/** One variable of the environment, as the documentation and the reader both see it. */
export interface Variable<T = unknown> {
  /** What it is for, in one line. */
  readonly meaning: string
  readonly type: ValueType<T>
  /** The text that an unset variable stands for; of `type` itself, so it cannot be invalid. */
  readonly default?: string
  /** An unset or empty variable is an error. */
  readonly required?: true
  /** Empty does not count as unset, but as a value that is not allowed. */
  readonly refuseEmpty?: true
  /** Its value appears in no message. */
  readonly secret?: true
  /** Another name, read when the first is unset. */
  readonly alias?: string
  /** octo-sts, or a library of its, reads it too. */
  readonly octoSts?: true
}

/** What the variables of the documentation are grouped by. */
export type Topic =
  | 'Listener'
  | 'GitHub App'
  | 'Several Apps'
  | 'Shared state'
  | 'Issuers'
  | 'Limits'
  | 'Policies'
  | 'Answers'
  | 'Log and start'
  | 'Telemetry'
  | 'Events'
  | 'Google Cloud'
  | 'Webhook'
  | 'Prober'

/** A variable that a program of this release reads. */
export interface ReadVariable<T = unknown> extends Variable<T> {
  readonly topic: Topic
  /** A valid value as an operator would write it; none for a secret. */
  readonly example?: string
  /** What else an operator has to know, in sentences of Markdown. */
  readonly remarks?: string
}

/** A variable whose part is not built yet. */
export interface LaterVariable extends Variable {
  /**
   * What setting it does: an error when ignoring it would let in more than the operator wants, or serve
   * with other keys; a warning when the operator would miss it; nothing when it only qualifies another.
   */
  readonly whenSet: 'error' | 'warning' | 'nothing'
  /** Whether `value`, read by `type`, asks for the missing part at all. Default: any value does. */
  readonly asks?: (value: unknown) => boolean
  /** What to do instead, for people. */
  readonly advice?: string
}

/** The environment of a process. Never read from `process.env` here: the program passes it in. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The value of a variable that was read: undefined only where it has no default. */
export type ValueOf<V extends Variable> =
  V extends Variable<infer T> ? (V extends { readonly default: string } ? T : T | undefined) : never

/** The values of a table of variables, by name. */
export type Values<Table extends Readonly<Record<string, Variable>>> = {
  readonly [Name in keyof Table]: ValueOf<Table[Name]>
}

/**
 * What `environment` holds under `name`, or under its alias; undefined when it is unset. The empty string
 * counts as unset, because octo-sts's Terraform sets several variables so.
 */
export function textOf(name: string, variable: Variable, environment: Environment): string | undefined {
  const own = ownText(name, environment)
  if (own === '' && variable.refuseEmpty === true) return ''
  if (own !== undefined && own !== '') return own
  const other = variable.alias === undefined ? undefined : ownText(variable.alias, environment)
  return other === '' ? undefined : other
}

function ownText(name: string, environment: Environment): string | undefined {
  return Object.hasOwn(environment, name) ? environment[name] : undefined
}

/** The variables of `table` that another program reads, too. */
export function pickVariables<Table extends Readonly<Record<string, Variable>>, Name extends keyof Table>(
  table: Table,
  ...names: readonly Name[]
): Pick<Table, Name> {
  // Each name is one of the table's, and under it stands what the table has.
  return Object.fromEntries(names.map((name) => [name, table[name]])) as Pick<Table, Name>
}
