import { parseArgs, type ParseArgsConfig } from 'node:util'
import { UsageError } from './usage-error.ts'

/** What a command takes. Names are without their dashes. */
export interface OptionSpecification<Flag extends string, Value extends string> {
  /** The command as it is typed: `ghsts policy lint`. */
  readonly command: string
  readonly flags: readonly Flag[]
  readonly values: readonly Value[]
}

export interface Options<Flag extends string, Value extends string> {
  readonly has: (flag: Flag) => boolean
  readonly get: (name: Value) => string | undefined
  /** What is no option, and everything behind `--`. */
  readonly operands: readonly string[]
}

/**
 * Reads the arguments of a command: `--flag`, `--name value` and `--name=value`, each at most once, among operands.
 *
 * @throws UsageError for everything else, with the option that was probably meant.
 */
export async function parseOptions<Flag extends string, Value extends string>(
  args: readonly string[],
  { command, flags, values }: OptionSpecification<Flag, Value>,
): Promise<Options<Flag, Value>> {
  const config: NonNullable<ParseArgsConfig['options']> = {}
  for (const flag of flags) config[flag] = { type: 'boolean' }
  for (const name of values) config[name] = { type: 'string' }
  const { tokens } = parseArgs({
    args: [...args],
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const given = new Map<string, string | undefined>()
  const operands: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value)
    if (token.kind !== 'option') continue
    const { name, rawName, value } = token
    if (!Object.hasOwn(config, name) || rawName !== `--${name}`) {
      throw await unknownOption(rawName, command, [...flags, ...values])
    }
    if (given.has(name)) throw new UsageError(`${rawName} is there twice: give it once`)
    checkValue(rawName, value, config[name]?.type === 'string', token.inlineValue === true)
    given.set(name, value)
  }
  return { has: (flag) => given.has(flag), get: (name) => given.get(name), operands }
}

function checkValue(rawName: string, value: string | undefined, wanted: boolean, inline: boolean): void {
  if (!wanted) {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value: write it alone`)
  } else if (!value || (!inline && value.startsWith('-') && value !== '-')) {
    throw new UsageError(`${rawName} needs a value: write ${rawName} VALUE`)
  }
}

async function unknownOption(
  rawName: string,
  command: string,
  names: readonly string[],
): Promise<UsageError> {
  const { findNearMiss } = await import('#pkg/policy')
  const meant = findNearMiss(rawName.replace(/^-+/, ''), names)
  const advice = meant === undefined ? `type ${command} --help` : `did you mean --${meant}?`
  return new UsageError(`unknown option ${rawName}: ${advice}`)
}

/**
 * One of some words.
 *
 * @throws UsageError for any other, with the one that was probably meant.
 */
export async function chooseWord<const Word extends string>(
  option: string,
  text: string,
  words: readonly Word[],
): Promise<Word> {
  const chosen = words.find((word) => word === text)
  if (chosen !== undefined) return chosen
  const { findNearMiss } = await import('#pkg/policy')
  const meant = findNearMiss(text, words)
  const advice = meant === undefined ? `write ${words.join(' or ')}` : `did you mean ${meant}?`
  throw new UsageError(`${option} has no such value: ${advice}`)
}
