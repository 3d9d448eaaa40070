import type { Command } from './command.ts'

/** All commands by what is typed, each loaded only when it is needed: a process shall start at once. */
export const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['policy lint', async () => (await import('./lint/lint-command.ts')).lintCommand],
  ['policy check', async () => (await import('./check/check-command.ts')).checkCommand],
  ['policy diff', async () => (await import('./diff/diff-command.ts')).diffCommand],
  ['policy schema', async () => (await import('./schema-command.ts')).schemaCommand],
  ['exchange', async () => (await import('./exchange-command.ts')).exchangeCommand],
  ['revoke', async () => (await import('./revoke-command.ts')).revokeCommand],
])
