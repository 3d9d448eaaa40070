import type { Command, ExitStatus, Terminal } from './command.ts'
import { COMMANDS } from './commands.ts'
import { isLikeToken } from './terminal/secret-text.ts'
import { visible } from './terminal/visible-text.ts'
import { UsageError } from './usage-error.ts'
import { readVersion } from '../version.ts'

/**
 * Does what the arguments say: a command, its `--help`, or `--version`. Wrong usage is one line on standard error that
 * says what to type instead. Anything thrown is a defect.
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  try {
    return await dispatch(args, terminal)
  } catch (err) {
    if (!(err instanceof UsageError)) throw err
    terminal.stderr.write(`ghsts: ${visible(err.message)}\n`)
    return 2
  }
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  if (args.some(isLikeToken)) {
    throw new UsageError(
      'a token on the command line is there for others to see: give it in a file, or on standard input (--token -)',
    )
  }
  const options = args.slice(0, args.includes('--') ? args.indexOf('--') : args.length)
  const words = args[0] === 'help' ? args.slice(1) : args
  const wantsHelp = args[0] === 'help' || options.includes('--help') || options.includes('-h')
  if (!wantsHelp && options.includes('--version')) {
    terminal.stdout.write(`ghsts ${readVersion()}\n`)
    return 0
  }
  const named = [...COMMANDS].find(([name]) => name.split(' ').every((word, at) => words[at] === word))
  if (named !== undefined) {
    const [name, load] = named
    const command = await load()
    const rest = words.slice(name.split(' ').length)
    // A lone `help` is the wish for it; a file of that name is `./help`.
    if (!wantsHelp && !(rest.length === 1 && rest[0] === 'help')) return command.run(rest, terminal)
    terminal.stdout.write(command.help)
    return 0
  }
  const [group, next] = words.filter((word) => word !== '--help' && word !== '-h')
  const members = membersOf(group)
  if (members.size === 0 || (next !== undefined && next !== 'help')) {
    throw await unknownCommand(group ?? '', next)
  }
  const help = await describe(members)
  if (wantsHelp || next === 'help') {
    terminal.stdout.write(help)
    return 0
  }
  terminal.stderr.write(help)
  return 2
}

/** The commands whose first word is `group`, or all of them. */
function membersOf(group: string | undefined): ReadonlyMap<string, () => Promise<Command>> {
  return new Map([...COMMANDS].filter(([name]) => group === undefined || name.startsWith(`${group} `)))
}

async function describe(commands: ReadonlyMap<string, () => Promise<Command>>): Promise<string> {
  const names = [...commands.keys()]
  const width = Math.max(...names.map((name) => name.length))
  const lines: string[] = []
  for (const [name, load] of commands) {
    const { summary } = await load()
    lines.push(`  ghsts ${name.padEnd(width)}  ${summary}\n`)
  }
  return `usage: ghsts COMMAND ...

${lines.join('')}
Each has --help. --version says which ghsts this is.
Exit status: 0 fine, 1 the answer is no, 2 wrong usage.
`
}

async function unknownCommand(first: string, second: string | undefined): Promise<UsageError> {
  const isGroup = membersOf(first).size > 0
  const pair = second === undefined ? first : `${first} ${second}`
  const help = `type ghsts${isGroup ? ` ${first}` : ''} --help`
  const { findNearMiss } = await import('#pkg/policy')
  if (first.startsWith('-')) {
    const option = findNearMiss(first.replace(/^-+/, ''), ['help', 'version'])
    const typed = option === undefined ? help : `did you mean ghsts --${option}?`
    return new UsageError(`unknown option ${first}: ${typed}`)
  }
  // `lint` alone is meant as `policy lint`.
  const meanings = new Map([...COMMANDS.keys()].map((name) => [name.split(' ').at(-1) ?? name, name]))
  for (const name of [...COMMANDS.keys(), 'policy', 'help']) meanings.set(name, name)
  const near =
    findNearMiss(pair, meanings.keys()) ?? (isGroup ? undefined : findNearMiss(first, meanings.keys()))
  const advice = near === undefined ? help : `did you mean ghsts ${meanings.get(near) ?? near}?`
  return new UsageError(`unknown command ${JSON.stringify(isGroup ? pair : first)}: ${advice}`)
}
