import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { steps, workflowOf, type Step } from './support/workflow.ts'

const { on, jobs: released } = workflowOf('release.yaml')
const VERSION = '1.2.3'
const DIGEST = `sha256:${'a'.repeat(64)}`
const OTHER_DIGEST = `sha256:${'b'.repeat(64)}`
const TARGETS = ['app', 'webhook', 'prober', 'negative-prober']

function stepOf(job: string, matches: (step: Step) => boolean): Step {
  const step = released[job]?.steps?.find(matches)
  assert.ok(step !== undefined, job)
  return step
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'release-'))
  t.after(() => {
    rmSync(folder, { recursive: true })
  })
  return folder
}

/** Runs the script of a step as a runner does. */
function runStep({ run = '' }: Step, folder: string, env: Readonly<Record<string, string>>) {
  const home = { HOME: folder, GIT_CONFIG_NOSYSTEM: '1', GITHUB_OUTPUT: join(folder, 'output') }
  return spawnSync('bash', ['-e', '-c', run], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...home, ...env },
    encoding: 'utf8',
  })
}

describe('a release', () => {
  it('comes from a tag alone, and only when everything holds', () => {
    assert.deepEqual(on, { push: { tags: ['v*'] } })
    assert.equal(released['ci']?.uses, './.github/workflows/ci.yaml')
    assert.deepEqual(released['image']?.needs, ['ci', 'version'])
  })

  it('has images for two processors, with a list of packages and provenance', () => {
    const build = stepOf('image', ({ uses }) => uses?.startsWith('docker/build-push-action@') ?? false).with
    assert.equal(build?.['platforms'], 'linux/amd64,linux/arm64')
    assert.deepEqual([build['sbom'], build['provenance']], [true, 'mode=max'])
  })

  it('gives no image a tag or a signature before all are there, and somebody has agreed', () => {
    const build = stepOf('image', ({ uses }) => uses?.startsWith('docker/build-push-action@') ?? false).with
    assert.match(String(build?.['outputs']), /push-by-digest=true/)
    assert.doesNotMatch(String(build?.['tags']), /:/)
    assert.deepEqual(released['publish']?.needs, ['version', 'image'])
    assert.equal(released['publish'].environment, 'release')
    const signing = steps.filter(({ step }) => /cosign sign|imagetools create/.test(step.run ?? ''))
    assert.deepEqual(new Set(signing.map(({ name }) => name)), new Set(['release.yaml publish']))
    assert.match(signing[0]?.step.run ?? '', /cosign sign --yes --recursive "\$image"$/m)
  })

  it('hands on the digest of each image that it builds', () => {
    const targets = released['image']?.strategy?.matrix?.['target'] ?? []
    const expected = targets.map((target) => [target, `\${{ steps.digest.outputs.${String(target)} }}`])
    assert.deepEqual(released['image']?.outputs, Object.fromEntries(expected))
  })

  it('takes nothing from a cache, which another run could have filled', () => {
    for (const { name, step } of steps.filter((one) => one.name.startsWith('release.yaml'))) {
      assert.doesNotMatch(JSON.stringify(step), /cache-from|actions\/cache/, name)
      if (step.uses?.startsWith('actions/setup-node@') ?? false) {
        assert.equal(step.with?.['package-manager-cache'], false, name)
      }
    }
  })

  it('verifies each signature as a user would, before it tags anything', () => {
    const scripts = released['publish']?.steps?.map(({ run }) => run ?? '') ?? []
    const signing = scripts.findIndex((script) => script.includes('cosign sign'))
    assert.match(
      scripts[signing] ?? '',
      /cosign verify "\$image" \\\n +--certificate-identity "\$GITHUB_SERVER_URL\/\$GITHUB_WORKFLOW_REF" \\\n +--certificate-oidc-issuer \S+$/m,
    )
    assert.ok(signing < scripts.findIndex((script) => script.includes('imagetools create')))
  })

  it('publishes to npm last, and only where that has been set up', () => {
    assert.equal(released['npm']?.if, "vars.NPM_PUBLISH == 'true'")
    assert.deepEqual(released['npm'].needs, ['version', 'publish'])
    assert.equal(released['npm'].environment, 'npm')
    assert.equal(released['npm'].steps?.at(-1)?.run, 'npm publish --tag "$CHANNEL"')
  })

  it('says in the npm package where it was built', () => {
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
    const { publishConfig } = JSON.parse(text) as { readonly publishConfig?: unknown }
    assert.deepEqual(publishConfig, { access: 'public', provenance: true })
  })
})

describe('the channel of a release', () => {
  const step = stepOf('version', ({ id }) => id === 'read')
  const rows: readonly (readonly [version: string, others: readonly string[], channel: string])[] = [
    ['0.1.0', [], 'latest'],
    ['1.10.0', ['v1.9.9', 'v1.2.0'], 'latest'],
    ['1.2.4', ['v1.3.0', 'v1.2.3'], 'release-1.2'],
    ['1.2.4', ['v1.3.0-rc.1', 'v2', 'vnext', 'v9.9.9x'], 'latest'],
    ['1.2.3-rc.1', [], 'next'],
  ]
  for (const [version, others, channel] of rows) {
    it(`is ${channel} for ${version} beside ${others.join(', ') || 'nothing'}`, (t) => {
      const folder = repository(t, version, [`v${version}`, ...others])
      const { status, stdout, stderr } = runStep(step, folder, {
        GITHUB_REF_NAME: `v${version}`,
        GITHUB_REPOSITORY_OWNER: 'Acme',
      })
      assert.equal(status, 0, stdout + stderr)
      const output = readFileSync(join(folder, 'output'), 'utf8')
      assert.match(
        output,
        new RegExp(`^version=${version}\nchannel=${channel}\nepoch=1700000000\nowner=acme\n$`),
      )
    })
  }

  it('is none where the tag is not that of the package', (t) => {
    const folder = repository(t, '1.2.3', ['v1.2.4'])
    const names = { GITHUB_REF_NAME: 'v1.2.4', GITHUB_REPOSITORY_OWNER: 'acme' }
    assert.equal(runStep(step, folder, names).status, 1)
  })

  function repository(t: TestContext, version: string, tags: readonly string[]): string {
    const folder = temporaryFolder(t)
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ version }))
    const author = ['-c', 'user.name=a', '-c', 'user.email=a@example.com']
    const date = '1700000000 +0000'
    for (const args of [
      ['init', '--quiet'],
      [...author, 'commit', '--quiet', '--allow-empty', '--message', 'a'],
      ...tags.map((tag) => ['tag', tag]),
    ]) {
      const env = { ...process.env, HOME: folder, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date }
      assert.equal(spawnSync('git', args, { cwd: folder, env }).status, 0, args.join(' '))
    }
    return folder
  }
})

describe('the tags of images', () => {
  const check = stepOf('publish', ({ run }) => run?.includes('is there already') ?? false)
  const tag = stepOf('publish', ({ run }) => run?.includes('imagetools create') ?? false)
  const all = Object.fromEntries(TARGETS.map((target) => [target, DIGEST]))

  /** What a registry says to `docker buildx imagetools inspect`. */
  const rows: readonly (readonly [name: string, answer: string, digests: object, isTaken: boolean])[] = [
    ['a version that is not there', 'echo "ERROR: a:1.2.3: not found" >&2; exit 1', all, true],
    ['a version that is there, of the same image', `echo ${DIGEST}`, all, true],
    ['a version that is there, of another image', `echo ${OTHER_DIGEST}`, all, false],
    ['a registry that does not answer', 'echo "ERROR: connection refused" >&2; exit 1', all, false],
    ['an image that was not built', `echo ${DIGEST}`, { ...all, app: undefined }, false],
    ['an image without a digest', `echo ${DIGEST}`, { ...all, app: '' }, false],
  ]
  for (const [name, answer, digests, isTaken] of rows) {
    it(`are ${isTaken ? 'given' : 'refused'}: ${name}`, (t) => {
      const { status, stdout } = runWithDocker(t, check, answer, digests)
      assert.equal(status === 0, isTaken, stdout)
    })
  }

  for (const [channel, tags] of [
    ['latest', [VERSION, 'latest']],
    ['release-1.2', [VERSION]],
    ['next', [VERSION]],
  ] as const) {
    it(`are ${tags.join(' and ')} in the channel ${channel}`, (t) => {
      const { status, calls } = runWithDocker(t, tag, `echo ${DIGEST}`, all, channel)
      assert.equal(status, 0)
      const expected = tags.flatMap((each) =>
        TARGETS.map((target) => {
          const image = `ghcr.io/acme/github-sts-${target}`
          return `buildx imagetools create --tag ${image}:${each} ${image}@${DIGEST}`
        }),
      )
      assert.deepEqual(
        calls.filter((call) => call.includes(' create ')),
        expected,
      )
    })
  }

  it('are no success where a tag is not what was signed', (t) => {
    assert.notEqual(runWithDocker(t, tag, `echo ${OTHER_DIGEST}`, all).status, 0)
  })

  function runWithDocker(t: TestContext, step: Step, answer: string, digests: object, channel = 'latest') {
    const folder = temporaryFolder(t)
    const calls = join(folder, 'calls')
    const script = `#!/bin/sh\necho "$*" >> ${calls}\n[ "$3" = create ] && exit 0\n${answer}\n`
    writeFileSync(join(folder, 'docker'), script, { mode: 0o755 })
    writeFileSync(join(folder, 'images'), TARGETS.map((target) => `${target} ${DIGEST}\n`).join(''))
    const { status, stdout } = runStep(step, folder, {
      PATH: `${folder}:${process.env['PATH'] ?? ''}`,
      REGISTRY: 'ghcr.io/acme',
      VERSION,
      CHANNEL: channel,
      DIGESTS: JSON.stringify(digests),
    })
    const made = spawnSync('cat', [calls], { encoding: 'utf8' }).stdout
    return { status, stdout, calls: made.split('\n') }
  }
})
