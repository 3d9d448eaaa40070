import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { VARIABLES } from '#pkg/config'
import { APP_KEY } from '../e2e/support/deployment.ts'
import { startProgram } from '../e2e/support/service-process.ts'
import { readCompose, type ComposeService } from './support/compose.ts'
import { commandIn, instructionsOf, pairsIn, parseDockerfile } from './support/dockerfile.ts'

const ROOT = new URL('../../', import.meta.url)
const PROGRAMS = ['app', 'webhook', 'prober', 'negative-prober']
/** From the signal to the end of a process, by docs/configuration.md; longer with a longer drain delay. */
const STOP_MAX_S = 9.5
const AFTER_DELAY_S = 4.5

const text = readFileSync(new URL('iac/compose.yaml', ROOT), 'utf8')
const stages = parseDockerfile(readFileSync(new URL('Dockerfile', ROOT), 'utf8'))
const compose = readCompose(text, {
  STS_DOMAIN: 'sts.example.com',
  GITHUB_APP_IDS: '12345',
  PROBER_SCOPE: 'acme/prober',
})
const services = Object.entries(compose.services)

function serviceOf(name: string): ComposeService {
  const service = compose.services[name]
  assert.ok(service !== undefined, name)
  return service
}

/** The environment of a program: of its image, of the file, and of the files of the file, with paths that exist here. */
function environmentOf(
  t: TestContext,
  name: string,
  service = serviceOf(name),
): Readonly<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'compose-'))
  t.after(() => {
    rmSync(folder, { recursive: true })
  })
  const standIns = { app: join(folder, 'app.pem'), token: join(folder, 'token') }
  writeFileSync(standIns.app, APP_KEY.privateKey)
  writeFileSync(standIns.token, 'e30.e30.c2lnbmF0dXJl')
  const environment = {
    ...pairsIn(instructionsOf(stages, name, 'ENV')),
    ...service.environment,
    ...(service.env_file?.includes('secrets/webhook.env') && { GITHUB_WEBHOOK_SECRET: 'ab'.repeat(32) }),
  }
  const places: Readonly<Record<string, string>> = {
    ...(service.secrets?.includes('app-key') && { '/run/secrets/app-key': standIns.app }),
    ...(service.volumes?.some((volume) => volume.endsWith(':/run/prober:ro')) && {
      '/run/prober/token': standIns.token,
    }),
  }
  return Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, places[value] ?? value]))
}

describe('iac/compose.yaml', () => {
  it('runs each program from its image, or builds that from its target', () => {
    assert.deepEqual(Object.keys(compose.services).sort(), [...PROGRAMS, 'valkey'].sort())
    for (const program of PROGRAMS) {
      const { image, build } = serviceOf(program)
      assert.equal(image, `ghcr.io/github-sts/github-sts-${program}:latest`)
      assert.deepEqual(build, { context: '..', target: program })
    }
  })

  for (const program of PROGRAMS) {
    it(`configures ${program}, without a warning`, async (t) => {
      const environment = environmentOf(t, program)
      const main = `cmd/${program}/main.ts`
      const check = startProgram(t, main, environment, ['--check-config'])
      assert.equal((await check.exit).code, 0, check.output())
      assert.doesNotMatch(check.output(), /"severity":"(?:WARNING|ERROR)"/)
    })

    it(`sets nothing for ${program} that it does not read`, () => {
      const reader = { app: 'service', webhook: 'webhook' }[program] ?? 'prober'
      for (const name of Object.keys(serviceOf(program).environment ?? {})) {
        const entry = VARIABLES.find((variable) => variable.name === name)
        assert.ok(
          entry?.programs.some((one) => one === reader),
          name,
        )
      }
    })

    it(`lets ${program} end by itself, and asks it how it is`, () => {
      const { environment, stop_grace_period: grace = '', healthcheck } = serviceOf(program)
      const delayS = Number.parseFloat(environment?.['STS_DRAIN_DELAY'] ?? '0s')
      assert.ok(Number.parseFloat(grace) > Math.max(STOP_MAX_S, delayS + AFTER_DELAY_S), grace)
      const [kind, node, ...args] = healthcheck?.test ?? []
      assert.deepEqual(
        [kind, node],
        ['CMD', commandIn(instructionsOf(stages, program, 'ENTRYPOINT')[0] ?? '')[0]],
      )
      assert.match(args.join(' '), /^--eval fetch\('http:\/\/127\.0\.0\.1:8080\/healthz'\)/)
    })
  }

  for (const [name, service] of services) {
    it(`gives ${name} no right that it does not need`, () => {
      assert.equal(service.read_only, true)
      assert.deepEqual(service.cap_drop, ['ALL'])
      assert.deepEqual([service.cap_add, service.privileged], [undefined, undefined])
      assert.deepEqual(service.security_opt, ['no-new-privileges:true'])
      assert.ok(service.mem_limit !== undefined && service.pids_limit !== undefined)
      for (const volume of service.volumes ?? []) assert.match(volume, /^\.\/secrets\/[\w-]+:\/[\w/-]+:ro$/)
    })

    it(`publishes ${name} on loopback at most, and no metrics`, () => {
      for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:\d+:8080$/)
    })
  }

  it('runs nothing as root', () => {
    assert.match(serviceOf('valkey').user ?? '', /^[1-9]\d*:[1-9]\d*$/)
    for (const program of PROGRAMS) assert.equal(serviceOf(program).user, undefined)
  })

  it('lets nobody but the service and the webhook reach the store', () => {
    assert.equal(compose.networks['state']?.internal, true)
    assert.deepEqual(serviceOf('valkey').networks, ['state'])
    assert.equal(serviceOf('valkey').ports, undefined)
    const reaching = services.filter(([, { networks }]) => networks.includes('state')).map(([name]) => name)
    assert.deepEqual(reaching.sort(), ['app', 'valkey', 'webhook'])
  })

  it('probes nothing that was not named', async (t) => {
    const unnamed = readCompose(text, { STS_DOMAIN: 'sts.example.com', GITHUB_APP_IDS: '12345' })
    const environment = environmentOf(t, 'prober', unnamed.services['prober'])
    const check = startProgram(t, 'cmd/prober/main.ts', environment, ['--check-config'])
    assert.equal((await check.exit).code, 2, check.output())
    assert.match(check.output(), /PROBER_SCOPE/)
  })

  it('starts probers only when asked to', () => {
    const always = services.filter(([, { profiles }]) => profiles === undefined).map(([name]) => name)
    assert.deepEqual(always.sort(), ['app', 'valkey', 'webhook'])
  })

  it('holds no secret, and keeps those that it names out of git', () => {
    for (const { name, secret } of VARIABLES) {
      if (!secret || name === 'STS_REDIS_URL') continue
      for (const [, { environment }] of services) assert.ok(!Object.hasOwn(environment ?? {}, name), name)
    }
    const files = [
      ...Object.values(compose.secrets).map(({ file }) => file),
      ...services.flatMap(([, { env_file: names }]) => names ?? []),
    ]
    assert.deepEqual(files.sort(), ['secrets/app.pem', 'secrets/webhook.env'])
    const ignored = readFileSync(new URL('iac/secrets/.gitignore', ROOT), 'utf8')
    assert.match(ignored, /^\*\n!\.gitignore\n$/m)
  })

  for (const name of ['STS_DOMAIN', 'GITHUB_APP_IDS']) {
    it(`does not start without ${name}`, () => {
      const others = Object.fromEntries(
        Object.entries({ STS_DOMAIN: 'sts.example.com', GITHUB_APP_IDS: '1' }).filter(
          ([key]) => key !== name,
        ),
      )
      assert.throws(() => readCompose(text, others), { message: new RegExp(`^${name} is not set: the `) })
    })
  }
})
