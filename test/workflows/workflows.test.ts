import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { parseDockerfile } from '../image/support/dockerfile.ts'
import { jobs, steps, workflowOf, WORKFLOWS, type Job } from './support/workflow.ts'

const ROOT = new URL('../../', import.meta.url)
/** What a job may have beyond reading the repository. */
const GRANTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'release.yaml image': { packages: 'write' },
  'release.yaml publish': { packages: 'write', 'id-token': 'write' },
  'release.yaml npm': { 'id-token': 'write' },
}
const LOCAL_WORKFLOW = /^\.\/\.github\/workflows\/[\w-]+\.yaml$/
const PINNED = /^\s*(?:- )?uses: [\w-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/

function targetsOf(job: Job | undefined): readonly unknown[] {
  return [...(job?.strategy?.matrix?.['target'] ?? [])].sort()
}

describe('a workflow', () => {
  for (const { file, text, workflow } of WORKFLOWS) {
    it(`${file} starts from nothing, and does not meet itself`, () => {
      assert.deepEqual(workflow.permissions, {})
      assert.ok(workflow.concurrency !== undefined)
      const triggers = Object.keys(workflow.on)
      // These run with the rights of the repository on what strangers send.
      for (const trigger of ['pull_request_target', 'workflow_run', 'issue_comment']) {
        assert.ok(!triggers.includes(trigger), trigger)
      }
    })

    it(`${file} names every action by its commit, and says which version that is`, () => {
      const uses = text.split('\n').filter((line) => /^\s*(?:- )?uses:/.test(line))
      assert.ok(uses.length > 0, 'nothing was seen')
      for (const line of uses) {
        const isLocal = LOCAL_WORKFLOW.test(line.trim().replace(/^uses: /, ''))
        assert.ok(isLocal || PINNED.test(line), line)
      }
    })

    it(`${file} belongs to nobody: a fork's images and signatures are the fork's`, () => {
      const content = text.split('\n').filter((line) => !/^\s*#/.test(line))
      assert.doesNotMatch(content.join('\n'), /github\.com\/github-sts|ghcr\.io\/[a-z]/)
      assert.doesNotMatch(text, /\bsecrets\./)
    })
  }

  for (const { name, job } of jobs) {
    it(`gives the job ${name} what it needs, and ends it in time`, () => {
      assert.deepEqual(job.permissions, { contents: 'read', ...GRANTS[name] })
      if (job.uses === undefined) assert.ok((job['timeout-minutes'] ?? Infinity) <= 45)
    })
  }

  it('puts nothing that others choose into a script: values come in its environment', () => {
    const scripts = steps.flatMap(({ name, step }) =>
      step.run === undefined ? [] : [{ name, run: step.run }],
    )
    assert.ok(scripts.length > 0, 'nothing was seen')
    for (const { name, run } of scripts) assert.doesNotMatch(run, /\$\{\{/, name)
  })

  it('leaves no token behind a checkout', () => {
    const checkouts = steps.filter(({ step }) => step.uses?.startsWith('actions/checkout@') ?? false)
    assert.ok(checkouts.length > 0, 'nothing was seen')
    for (const { name, step } of checkouts) assert.equal(step.with?.['persist-credentials'], false, name)
  })
})

describe('the targets of the Dockerfile', () => {
  const targets = parseDockerfile(readFileSync(new URL('Dockerfile', ROOT), 'utf8'))
    .filter(({ instructions }) => instructions.some(({ keyword }) => keyword === 'ENTRYPOINT'))
    .map(({ name }) => name)
    .sort()

  for (const file of ['ci.yaml', 'release.yaml']) {
    it(`are all built by ${file}`, () => {
      assert.deepEqual(targetsOf(workflowOf(file).jobs['image']), targets)
    })
  }
})

describe('the pins', () => {
  it('are renewed: of actions, images and packages', () => {
    const text = readFileSync(new URL('.github/dependabot.yaml', ROOT), 'utf8')
    const { updates } = parse(text) as { readonly updates: readonly Readonly<Record<string, unknown>>[] }
    assert.deepEqual(
      updates.map((update) => [update['package-ecosystem'], update['directory']]),
      [
        ['github-actions', '/'],
        ['docker', '/'],
        ['docker-compose', '/iac'],
        ['npm', '/'],
      ],
    )
  })
})

describe('the checks of a change', () => {
  it('run on every line of Node that is served', () => {
    const { check, test } = workflowOf('ci.yaml').jobs
    const { steps: ofCheck = [] } = check ?? {}
    assert.ok(ofCheck.some(({ run }) => run === '.ci/run'))
    const setup = ofCheck.find(({ uses }) => uses?.startsWith('actions/setup-node@') ?? false)
    assert.equal(setup?.with?.['node-version'], 20)
    assert.deepEqual(test?.strategy?.matrix?.['node'], [22, 24, 26])
    assert.equal(test.steps?.at(-1)?.run, 'npm test')
    assert.equal(test.env?.['STS_TEST_REQUIRE'], 'npm')
  })

  it('skip no test for what a machine lacks', () => {
    const folder = new URL('test/', ROOT)
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [
        ...readFileSync(new URL(file, folder), 'utf8').matchAll(/\bunless\(\s*'([\w-]+)'/g),
      ])
      .map(([, name]) => name)
    const required = workflowOf('ci.yaml').jobs['check']?.env?.['STS_TEST_REQUIRE']?.split(',') ?? []
    assert.deepEqual(required, [...new Set(names)].filter((name) => name !== 'moto').sort())
  })
})
