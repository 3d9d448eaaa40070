import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

test('the build runs by itself, without the sources', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'github-sts-'))
  t.after(() => {
    rmSync(folder, { recursive: true })
  })
  const dist = join(folder, 'dist')
  const build = spawnSync(process.execPath, ['scripts/build.mjs', dist], { cwd: ROOT, encoding: 'utf8' })
  assert.equal(build.status, 0, build.stdout + build.stderr)
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))

  // No tsx: what runs is what was built.
  const run = (args: readonly string[]) =>
    spawnSync(process.execPath, args, { cwd: folder, env: { PORT: '0' }, encoding: 'utf8', timeout: 60_000 })
  const demo = run([join(dist, 'cmd/demo/main.js'), '--once'])
  assert.equal(demo.status, 0, demo.stdout + demo.stderr)
  const app = run([join(dist, 'cmd/app/main.js'), '--check-config'])
  assert.equal(app.status, 2)
  assert.match(app.stderr, /STS_DOMAIN/)
})
