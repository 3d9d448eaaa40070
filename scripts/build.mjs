// Compiles to dist/, which runs without the sources: `node dist/cmd/app/main.js`.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))

rmSync(`${root}dist`, { recursive: true, force: true })
const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
})
if (status !== 0) process.exit(status ?? 1)

// The sources' `imports` end in .ts: without a package.json of its own, dist would load the sources instead.
writeFileSync(
  `${root}dist/package.json`,
  JSON.stringify({ type: 'module', version, imports: { '#pkg/*': './pkg/*/index.js' } }, undefined, 2) + '\n',
)
for (const folder of ['proto', 'emulator/policies']) {
  if (existsSync(`${root}${folder}`)) cpSync(`${root}${folder}`, `${root}dist/${folder}`, { recursive: true })
}
