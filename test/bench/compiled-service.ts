import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Compiles the service and the webhook into `folder` as `npm run build` does; gives the folder of the result. */
export function compileService(folder: string): string {
  const dist = join(folder, 'dist')
  const configuration = {
    extends: join(ROOT, 'tsconfig.build.json'),
    compilerOptions: { rootDir: ROOT, outDir: dist, typeRoots: [join(ROOT, 'node_modules/@types')] },
    files: ['app', 'webhook'].map((name) => join(ROOT, 'cmd', name, 'main.ts')),
    include: [],
  }
  mkdirSync(dist)
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(configuration))
  const { status } = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder],
    { cwd: ROOT, stdio: ['ignore', 2, 2] },
  )
  if (status !== 0) throw new Error('the service or the webhook does not compile')
  const manifest = { type: 'module', imports: { '#pkg/*': './pkg/*/index.js' } }
  writeFileSync(join(dist, 'package.json'), JSON.stringify(manifest))
  cpSync(join(ROOT, 'proto'), join(dist, 'proto'), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return dist
}
