import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { IMAGE_FLAGS } from '../bench/image-flags.ts'
import { contextFilter } from './support/build-context.ts'
import { commandIn, instructionsOf, lineageOf, pairsIn, parseDockerfile } from './support/dockerfile.ts'

const ROOT = new URL('../../', import.meta.url)
const PROGRAMS = ['app', 'webhook', 'prober', 'negative-prober']
const stages = parseDockerfile(readFileSync(new URL('Dockerfile', ROOT), 'utf8'))

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(new URL(path, ROOT), 'utf8')) as Manifest
}

interface LockedPackage {
  readonly dev?: boolean
  readonly link?: boolean
  readonly integrity?: string
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
}

function readLock(): ReadonlyMap<string, LockedPackage> {
  const { packages } = JSON.parse(readFileSync(new URL('package-lock.json', ROOT), 'utf8')) as {
    readonly packages: Readonly<Record<string, LockedPackage>>
  }
  return new Map(Object.entries(packages))
}

describe('the Dockerfile', () => {
  it('has a target for each program, and the service as the last one', () => {
    const targets = stages.filter(({ instructions }) =>
      instructions.some(({ keyword }) => keyword === 'ENTRYPOINT'),
    )
    assert.deepEqual(targets.map(({ name }) => name).sort(), [...PROGRAMS].sort())
    assert.equal(stages.at(-1)?.name, 'app')
  })

  for (const program of PROGRAMS) {
    it(`starts ${program} with the flags that memory was measured with, and takes no other command`, () => {
      const entrypoints = instructionsOf(stages, program, 'ENTRYPOINT').map(commandIn)
      assert.deepEqual(entrypoints, [['/nodejs/bin/node', ...IMAGE_FLAGS, `cmd/${program}/main.js`]])
      assert.deepEqual(instructionsOf(stages, program, 'CMD'), [])
    })

    it(`runs ${program} as a user with a number, on an image without a shell`, () => {
      assert.deepEqual(instructionsOf(stages, program, 'USER'), ['65532:65532'])
      assert.match(
        lineageOf(stages, program)[0]?.base ?? '',
        /^gcr\.io\/distroless\/nodejs24-[a-z0-9]+:nonroot$/,
      )
      assert.deepEqual(instructionsOf(stages, program, 'RUN'), [])
    })

    it(`says of ${program} where it listens and what it is`, () => {
      const environment = pairsIn(instructionsOf(stages, program, 'ENV'))
      assert.deepEqual(environment, { NODE_ENV: 'production', PORT: '8080' })
      assert.deepEqual(instructionsOf(stages, program, 'EXPOSE'), ['8080 2112'])
      const labels = pairsIn(instructionsOf(stages, program, 'LABEL'))
      assert.equal(labels['org.opencontainers.image.title'], `github-sts-${program}`)
      assert.equal(labels['org.opencontainers.image.version'], '$VERSION')
      assert.equal(labels['org.opencontainers.image.revision'], '$REVISION')
      assert.equal(labels['org.opencontainers.image.source'], '$SOURCE')
    })
  }

  it('installs by the lock file alone, and lets no package run a script', () => {
    const installs = stages.flatMap(({ instructions }) =>
      instructions.filter(({ keyword, text }) => keyword === 'RUN' && /\bnp[mx]\b/.test(text)),
    )
    assert.equal(installs.length, 2)
    for (const { text } of installs) assert.match(text, /^npm ci (?:--omit=dev )?--ignore-scripts /)
  })

  it('takes no argument but what labels say, and has nothing added from elsewhere', () => {
    const known = new Set(['WORKDIR', 'COPY', 'RUN', 'ARG', 'LABEL', 'ENV', 'EXPOSE', 'USER', 'ENTRYPOINT'])
    const instructions = stages.flatMap((stage) => stage.instructions)
    assert.deepEqual(
      instructions.filter(({ keyword }) => !known.has(keyword)),
      [],
    )
    assert.deepEqual(
      instructions.filter(({ keyword }) => keyword === 'ARG').map(({ text }) => text.split('=')[0]),
      ['VERSION', 'REVISION', 'SOURCE'],
    )
  })
})

describe('what the image installs', () => {
  it('is every optional package, in the versions that the service asks for', () => {
    assert.deepEqual(
      readManifest('iac/image/package.json').dependencies,
      readManifest('package.json').peerDependencies,
    )
  })

  it('is the same on every processor, and has a digest in the lock file', () => {
    const installed = [...readLock()].filter(
      ([path, { dev }]) => path.includes('node_modules/') && dev !== true,
    )
    assert.ok(installed.length > 100, 'nothing was seen')
    for (const [path, entry] of installed) {
      assert.deepEqual([entry.os, entry.cpu, entry.libc], [undefined, undefined, undefined], path)
      if (entry.link !== true) assert.match(entry.integrity ?? '', /^sha512-/, path)
    }
  })
})

describe('the build context', () => {
  const isInContext = contextFilter(readFileSync(new URL('.dockerignore', ROOT), 'utf8'))

  for (const path of [
    '.git/config',
    '.env',
    'app.pem',
    'node_modules/x',
    'test/x.test.ts',
    'iac/secrets/app.pem',
    'docs',
  ]) {
    it(`does not hold ${path}`, () => {
      assert.equal(isInContext(path), false)
    })
  }

  it('holds what is built', () => {
    for (const path of ['package-lock.json', 'cmd/app/main.ts', 'iac/image/package.json']) {
      assert.equal(isInContext(path), true, path)
    }
  })
})
