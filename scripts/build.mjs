// Compiles to dist/ (or the folder given), which runs without the sources: `node dist/cmd/app/main.js`.
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = resolve(process.argv[2] ?? `${root}dist`)
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))

rmSync(target, { recursive: true, force: true })
const compile = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', target]
const { status } = spawnSync(process.execPath, compile, { cwd: root, stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)

// The sources' `imports` end in .ts: without a package.json of its own, the build would load the sources instead.
const manifest = { type: 'module', version, imports: { '#pkg/*': './pkg/*/index.js' } }
writeFileSync(`${target}/package.json`, `${JSON.stringify(manifest, undefined, 2)}\n`)
for (const folder of ['proto', 'emulator/policies']) {
  cpSync(`${root}${folder}`, `${target}/${folder}`, { recursive: true })
}
// What package.json calls `ghsts`, and a shell runs by itself.
chmodSync(`${target}/cmd/ghsts/main.js`, 0o755)
