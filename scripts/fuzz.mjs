// Runs the properties of test/fuzz for longer than `npm test` does: npm run fuzz -- [seconds a file] [name...]
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const [seconds = '60', ...names] = process.argv.slice(2)
if (!(Number(seconds) > 0)) {
  console.error('usage: npm run fuzz -- [seconds for each file] [part of a file name...]')
  process.exit(2)
}
const parts = names.length === 0 ? [''] : names
const { status } = spawnSync(
  process.execPath,
  [fileURLToPath(new URL('test.mjs', import.meta.url)), ...parts.map((name) => `test/fuzz/${name}`)],
  { stdio: 'inherit', env: { ...process.env, STS_FUZZ_SECONDS: seconds } },
)
process.exit(status ?? 1)
