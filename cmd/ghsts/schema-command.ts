import type { Command } from './command.ts'
import { chooseWord, parseOptions } from './parse-options.ts'
import { UsageError } from './usage-error.ts'

const LEVELS = ['repository', 'organization', 'issuer-list'] as const

/** `ghsts policy schema` */
export const schemaCommand: Command = {
  summary: 'print the JSON Schema of policies, for editors',
  help: `usage: ghsts policy schema [--level LEVEL]

Prints a JSON Schema (draft 2020-12) for editors. What it refuses is invalid; what it takes, lint has to judge.

  --level LEVEL   repository (default), organization or issuer-list
  --json          changes nothing: a schema is JSON

  ghsts policy schema > policy.schema.json
  # yaml-language-server: $schema=policy.schema.json        (the first line of a policy)

Exit status: 0 a schema, 2 wrong usage.
`,
  async run(args, terminal) {
    const options = await parseOptions(args, {
      command: 'ghsts policy schema',
      flags: ['json'],
      values: ['level'],
    })
    if (options.operands.length > 0)
      throw new UsageError('a schema is of a level: write --level LEVEL, or nothing')
    const level = await chooseWord('--level', options.get('level') ?? 'repository', LEVELS)
    const { issuerListSchema, trustPolicySchema } = await import('#pkg/policy')
    const schema = level === 'issuer-list' ? issuerListSchema() : trustPolicySchema(level)
    terminal.stdout.write(`${JSON.stringify(schema, undefined, 2)}\n`)
    return 0
  },
}
