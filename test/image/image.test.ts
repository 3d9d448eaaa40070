import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { APP_KEY, DOMAIN, startDeployment } from '../e2e/support/deployment.ts'
import { watchProgram, type Program } from '../e2e/support/service-process.ts'
import { unless } from '../support/requirement.ts'
import { commandIn, instructionsOf, pairsIn, parseDockerfile } from './support/dockerfile.ts'
import { copyTree } from './support/file-tree.ts'
import { createImageBuilder, UnreachableError } from './support/image-builder.ts'
import { findLeaks, findWrongModes, packagesNamedIn } from './support/image-file.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PROGRAMS = ['app', 'webhook', 'prober', 'negative-prober'] as const
type ProgramName = (typeof PROGRAMS)[number]

const LISTENING = /"port":(\d+)[^\n]*listening/
const SERVES_METRICS = /"message":"serving metrics"/
const CHECK_TIMEOUT_MS = 60_000
/** Where nothing listens: a prober without its service runs on, and says so. */
const NOWHERE = 'http://127.0.0.1:1'

const stages = parseDockerfile(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'))
const output = mkdtempSync(join(tmpdir(), 'image-'))
after(() => {
  rmSync(output, { recursive: true })
})
const builder = createImageBuilder(ROOT, output)
const images = new Map<ProgramName, string>()
const skip = await build()

/** Builds all images; says why there are none where npm's registry cannot be reached. */
async function build(): Promise<string | false> {
  try {
    const folders = await Promise.all(PROGRAMS.map((program) => builder.stage(program)))
    for (const [index, program] of PROGRAMS.entries()) images.set(program, folders[index] ?? '')
    return false
  } catch (thrown) {
    if (thrown instanceof UnreachableError) return unless('npm', false, 'the registry of npm')
    throw thrown
  }
}

/** The folder that the image of `program` starts in. */
function folderOf(program: ProgramName): string {
  return join(images.get(program) ?? '', instructionsOf(stages, program, 'WORKDIR').at(-1) ?? '')
}

/** Arguments for Node and environment as the image of `program` has them. */
function commandOf(program: ProgramName): {
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
} {
  const [, ...args] = commandIn(instructionsOf(stages, program, 'ENTRYPOINT').at(-1) ?? '')
  return { args, env: { PATH: process.env['PATH'], ...pairsIn(instructionsOf(stages, program, 'ENV')) } }
}

function start(t: TestContext, program: ProgramName, variables: Readonly<Record<string, string>>): Program {
  const { args, env } = commandOf(program)
  const child = spawn(process.execPath, args, {
    cwd: folderOf(program),
    env: { ...env, PORT: '0', STS_HOST: '127.0.0.1', METRICS_PORT: '0', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return watchProgram(t, child)
}

async function assertServesAndStops(program: Program): Promise<void> {
  const [, port = ''] = await program.saw(LISTENING)
  await program.saw(SERVES_METRICS)
  const response = await fetch(`http://127.0.0.1:${port}/healthz`)
  assert.equal(response.status, 200, await response.text())
  program.child.kill('SIGTERM')
  assert.equal((await program.exit).code, 0, program.output())
}

describe('an image', () => {
  it('exchanges a token, and stops when it is told to', { skip }, async (t) => {
    const { url, token, app } = await startDeployment(
      t,
      { METRICS: 'true' },
      { start: (context, _main, env) => start(context, 'app', env) },
    )
    const answer = await fetch(`${url}/sts/exchange?scope=acme/app&identity=reader`, {
      headers: { authorization: `Bearer ${await token()}` },
    })
    assert.equal(answer.status, 200, await answer.text())
    await assertServesAndStops(app)
  })

  it('serves the webhook', { skip }, async (t) => {
    await assertServesAndStops(
      start(t, 'webhook', {
        GITHUB_APP_IDS: '1',
        APP_SECRET_CERTIFICATE_ENV_VAR: APP_KEY.privateKey,
        GITHUB_BASE_URL: NOWHERE,
        GITHUB_WEBHOOK_SECRET: 'CqU4NoWb2Xj1vR5tYz8mKd7hPs3fLg6e',
      }),
    )
  })

  for (const program of ['prober', 'negative-prober'] as const) {
    it(`runs the ${program}`, { skip }, async (t) => {
      const tokenFile = join(mkdtempSync(join(output, 'token-')), 'token')
      writeFileSync(tokenFile, 'e30.e30.c2lnbmF0dXJl')
      await assertServesAndStops(
        start(t, program, {
          STS_DOMAIN: DOMAIN,
          STS_URL: NOWHERE,
          GITHUB_BASE_URL: NOWHERE,
          PROBER_SCOPE: 'acme/prober',
          PROBER_IDENTITY: 'prober',
          PROBER_TOKEN_FILE: tokenFile,
          PROBER_ALLOW_ANONYMOUS: 'true',
          PROBER_INTERVAL: '1h',
        }),
      )
    })
  }

  for (const program of PROGRAMS) {
    it(`of ${program} says what its configuration lacks`, { skip }, () => {
      const { args, env } = commandOf(program)
      const check = spawnSync(process.execPath, [...args, '--check-config'], {
        cwd: folderOf(program),
        env,
        encoding: 'utf8',
        timeout: CHECK_TIMEOUT_MS,
      })
      assert.equal(check.status, 2, check.stdout + check.stderr)
      assert.match(check.stderr, program === 'webhook' ? /GITHUB_WEBHOOK_SECRET/ : /STS_DOMAIN/)
    })

    it(`of ${program} holds that program and what it needs, and no secret`, { skip }, () => {
      const folder = folderOf(program)
      const entries = ['cmd', 'node_modules', 'package.json', 'pkg', 'proto']
      assert.deepEqual(readdirSync(folder).sort(), entries)
      assert.deepEqual(
        readdirSync(join(folder, 'cmd')).filter((name) => !name.endsWith('.js')),
        [program],
      )
      assert.deepEqual(findLeaks(folder), [])
    })
  }

  it('can be read by its user, whoever built it, and changed by nobody else', { skip }, () => {
    assert.deepEqual(findWrongModes(folderOf('app')), [])
  })

  it('has every package that some configuration loads', { skip }, () => {
    const folder = folderOf('app')
    const named = [...packagesNamedIn(join(folder, 'pkg')), ...packagesNamedIn(join(folder, 'cmd'))]
    const manifest = readFileSync(join(ROOT, 'iac/image/package.json'), 'utf8')
    const { dependencies } = JSON.parse(manifest) as {
      readonly dependencies: Readonly<Record<string, string>>
    }
    for (const name of Object.keys(dependencies)) assert.ok(named.includes(name), `${name} is not used`)
    const script = `for (const name of ${JSON.stringify(named)}) await import(name)`
    const { args: flags } = commandOf('app')
    const args = [...flags.slice(0, -1), '--input-type=module', '--eval', script]
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
    assert.equal(status, 0, stderr)
  })
})

describe('the npm package', () => {
  it('holds the build, the schemas and the pages of its front, and nothing else', async () => {
    const folder = mkdtempSync(join(output, 'package-'))
    const ours = [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'package.json',
      'package-lock.json',
      'schema',
      'Dockerfile',
    ]
    for (const name of ours) copyTree(join(ROOT, name), join(folder, name))
    copyTree(join(await builder.stage('build'), 'build/dist'), join(folder, 'dist'))
    const { stdout, stderr, status } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: folder,
      encoding: 'utf8',
    })
    assert.equal(status, 0, stderr)
    const [packed] = JSON.parse(stdout) as readonly {
      readonly files: readonly { readonly path: string; readonly mode: number }[]
    }[]
    const files = packed?.files ?? []
    const others = files.map(({ path }) => path).filter((path) => !/^dist\/.*\.(?:js|json|proto)$/.test(path))
    assert.deepEqual(others.filter((path) => !path.startsWith('dist/emulator/policies/')).sort(), [
      'LICENSE',
      'README.md',
      'package.json',
      'schema/issuer-list.schema.json',
      'schema/organization-policy.schema.json',
      'schema/repository-policy.schema.json',
    ])
    for (const program of [...PROGRAMS, 'ghsts', 'demo']) {
      assert.ok(
        files.some(({ path }) => path === `dist/cmd/${program}/main.js`),
        program,
      )
    }
  })
})
