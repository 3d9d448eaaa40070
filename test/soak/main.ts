// Attacks the real service in all ways at once while good clients use it, and says how both fared.
import { writeFileSync } from 'node:fs'
import { ATTACKS } from './attacks/index.ts'
import { readOptions, USAGE } from './options.ts'
import { grid, renderResult } from './report/table.ts'
import { hasFailed, judge } from './report/verdicts.ts'
import { runSoak } from './soak.ts'

const read = readOptions(process.argv.slice(2))
if (!read.ok) {
  process.stderr.write(`${read.problem}\n\n${USAGE}`)
  process.exit(2)
}
const { options } = read
if (options.list) {
  const rows = ATTACKS.map(({ name, rows, perSecond, what }) => [name, rows, `${perSecond}/s`, what])
  process.stdout.write(`${grid(rows)}\n`)
  process.exit(0)
}
const result = await runSoak(options, (line) => process.stderr.write(`${line}\n`))
const verdicts = judge(result)
process.stdout.write(renderResult(result, verdicts))
if (options.json !== undefined) {
  writeFileSync(options.json, `${JSON.stringify({ ...result, verdicts }, undefined, 2)}\n`)
}
process.exit(hasFailed(verdicts) ? 1 : 0)
