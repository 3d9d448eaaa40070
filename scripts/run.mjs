// Runs a TypeScript program from its sources: natively where Node strips types, else through tsx.
import { spawn } from 'node:child_process'

const loader = process.features.typescript ? [] : ['--import', 'tsx']
const child = spawn(process.execPath, [...loader, ...process.argv.slice(2)], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 128)
})
