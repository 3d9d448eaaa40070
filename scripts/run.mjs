// Runs a TypeScript program from its sources: natively where Node strips types, else through tsx.
import { spawn } from 'node:child_process'

const loader = process.features.typescript ? [] : ['--import', 'tsx']
const child = spawn(process.execPath, [...loader, ...process.argv.slice(2)], { stdio: 'inherit' })
process.on('SIGTERM', () => child.kill('SIGTERM'))
// A terminal sends its interrupt to the whole group, so the program has it already: a second one would cut it short.
process.on('SIGINT', () => {
  if (!process.stdin.isTTY) child.kill('SIGINT')
})
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 128)
})
