// Runs every test/**/*.test.ts, or those whose path contains one of the arguments, with node's own runner.
// The files are listed here because `node --test <folder>` exits 0 when it finds none.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
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
const { status } = spawnSync(process.execPath, [...loader, '--test', '--test-reporter=tap', ...files], {
  cwd: root,
  stdio: 'inherit',
})
process.exit(status ?? 1)
