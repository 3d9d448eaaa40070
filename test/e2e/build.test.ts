import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startDeployment } from './support/deployment.ts'
import { watchProgram } from './support/service-process.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Node's permission model, by its name in this version: files may be read, none may be written. */
const flags = process.allowedNodeEnvironmentFlags
const READ_ONLY = [
  flags.has('--permission') ? '--permission' : '--experimental-permission',
  '--allow-fs-read=*',
  ...(flags.has('--allow-net') ? ['--allow-net'] : []),
]

describe('the build', () => {
  let folder = ''
  let dist = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'github-sts-'))
    dist = join(folder, 'dist')
    const build = spawnSync(process.execPath, ['scripts/build.mjs', dist], { cwd: ROOT, encoding: 'utf8' })
    assert.equal(build.status, 0, build.stdout + build.stderr)
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  })
  after(() => {
    rmSync(folder, { recursive: true })
  })

  test('runs by itself, without the sources and without a loader', () => {
    const run = (main: string, argument: string) =>
      spawnSync(process.execPath, [join(dist, main), argument], {
        cwd: folder,
        env: { PORT: '0' },
        encoding: 'utf8',
        timeout: 60_000,
      })
    const demo = run('cmd/demo/main.js', '--once')
    assert.equal(demo.status, 0, demo.stdout + demo.stderr)
    const app = run('cmd/app/main.js', '--check-config')
    assert.equal(app.status, 2)
    assert.match(app.stderr, /STS_DOMAIN/)
    const webhook = run('cmd/webhook/main.js', '--check-config')
    assert.equal(webhook.status, 2)
    assert.match(webhook.stderr, /GITHUB_WEBHOOK_SECRET/)
    const ghsts = run('cmd/ghsts/main.js', '--version')
    assert.equal(ghsts.status, 0, ghsts.stderr)
    assert.match(ghsts.stdout, /^ghsts \d+\.\d+\.\d+/)
  })

  test('serves without writing to the file system', async (t) => {
    const { url, token, app } = await startDeployment(
      t,
      {},
      {
        start: (context, _main, env) =>
          watchProgram(
            context,
            spawn(process.execPath, [...READ_ONLY, join(dist, 'cmd/app/main.js')], {
              cwd: folder,
              env: { ...env },
              stdio: ['ignore', 'pipe', 'pipe'],
            }),
          ),
      },
    )
    const answer = await fetch(`${url}/sts/exchange?scope=acme/app&identity=reader`, {
      headers: { authorization: `Bearer ${await token()}` },
    })
    assert.equal(answer.status, 200, await answer.text())
    app.child.kill('SIGTERM')
    assert.equal((await app.exit).code, 0, app.output())
  })
})
