import { format } from 'prettier'
import { VARIABLES, type VariableEntry } from '#pkg/config'

const BEGIN = '<!-- Written by `npm run generate` from pkg/config, up to the end mark. -->'
const END = '<!-- The end of what is generated. -->'

/** The page in `docs/configuration.md` with its list of variables written anew, and everything around it kept. */
export async function writeVariables(page: string): Promise<string> {
  const begin = page.indexOf(BEGIN)
  const end = page.indexOf(END)
  if (begin < 0 || end < begin) throw new Error('the page has lost the marks of what is generated')
  const list = await format(variablesText(), { parser: 'markdown', proseWrap: 'always', printWidth: 110 })
  return `${page.slice(0, begin)}${BEGIN}\n\n${list}\n${page.slice(end)}`
}

function variablesText(): string {
  const topics = [...new Set(VARIABLES.flatMap(({ topic }) => topic ?? []))]
  return [
    ...topics.flatMap((topic) => [
      `### ${topic}`,
      ...VARIABLES.filter((variable) => variable.topic === topic).map(variableText),
    ]),
    '## Known, and not in this release',
    '_Error_: the program does not start, because ignoring the variable would let in more than was asked for, or serve with other keys. _Warning_: the log says so at the start. _Nothing_: it only qualifies another one. A value that asks for nothing, such as `OTEL_LOGS_EXPORTER=none`, does neither. Every value is checked all the same.',
    laterTable(),
  ].join('\n\n')
}

function variableText(variable: VariableEntry): string {
  const { name, allowed, example, remarks, alias } = variable
  const facts = [
    `Value: ${escape(allowed)}.`,
    variable.required ? 'Required.' : undefined,
    variable.default === undefined ? undefined : `Default: \`${variable.default}\`.`,
    alias === undefined ? undefined : `Also read as \`${alias}\`.`,
    variable.secret ? 'Shown in no message.' : undefined,
    variable.octoSts ? 'As in octo-sts.' : undefined,
    example === undefined ? undefined : `Example: \`${name}=${quoted(example)}\`.`,
    `Read by ${readers(variable)}.`,
  ]
  const lines = [facts.filter((fact) => fact !== undefined).join(' '), remarks]
  return [
    `#### ${name}`,
    sentence(variable.meaning),
    lines.flatMap((line) => (line === undefined ? [] : `- ${line}`)).join('\n'),
  ].join('\n\n')
}

function laterTable(): string {
  const rows = VARIABLES.filter(({ status }) => status.startsWith('not built')).map((variable) => [
    `\`${variable.name}\``,
    escape(variable.meaning),
    variable.default === undefined ? '' : `\`${variable.default}\``,
    variable.status.replace('not built: ', ''),
    variable.programs.join(', '),
    yes(variable.octoSts),
  ])
  return table(['Variable', 'Meaning', 'Default', 'When set', 'Program', 'In octo-sts'], rows)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** The programs of a variable, in words. */
function readers({ programs }: VariableEntry): string {
  const names = programs.map((program) => (program === 'prober' ? 'the probers' : `the ${program}`))
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}

function yes(value: boolean): string {
  return value ? 'yes' : ''
}

/** A word group as a sentence. A variable's name keeps its case. */
function sentence(text: string): string {
  return `${escape(text.charAt(0).toUpperCase() + text.slice(1))}.`
}

/** What Markdown would take for a mark of its own. A URL becomes code, so that nobody follows an example. */
function escape(text: string): string {
  return text
    .replace(/[^\s(]*https?:\/\/[^\s),]+|\b[A-Z]+(?:_[A-Z]+)+\b/g, '`$&`')
    .replace(/[*<>|](?![^`]*`[^`]*$)/g, '\\$&')
}

/** As a shell wants it. */
function quoted(value: string): string {
  return /^[\w./:,=-]+$/.test(value) ? value : `'${value}'`
}
