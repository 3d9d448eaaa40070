// Runs every test/**/*.test.ts, or those whose path contains one of the arguments, with node's own runner.
// The files are listed here because `node --test <folder>` exits 0 when it finds none.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const wanted = process.argv.slice(2)
const files = readdirSync(new URL('../test', import.meta.url), { recursive: true })
  .map((file) => `test/${file}`)
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort()
if (files.length === 0) {
  console.error('No test file found.')
  process.exit(1)
}
const loader = process.features.typescript ? [] : ['--import', 'tsx']
// Node leaves one processor free, which is half of them on a machine with two; tests wait for timers and processes anyway.
const concurrency = Math.max(2, availableParallelism())
const options = ['--test', '--test-reporter=tap', `--test-concurrency=${concurrency}`]
const { status } = spawnSync(process.execPath, [...loader, ...options, ...files], {
  cwd: root,
  stdio: 'inherit',
})
process.exit(status ?? 1)
