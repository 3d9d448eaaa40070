import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileViolations } from './layout/file-rules.ts'
import { forbiddenImports, importCycles, type Sources } from './layout/imports.ts'

const ROOT = new URL('../', import.meta.url)

function projectSources(): Sources {
  const sources = new Map<string, string>()
  for (const folder of ['cmd', 'pkg', 'emulator', 'scripts', 'test']) {
    if (!existsSync(new URL(folder, ROOT))) continue
    for (const name of readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' })) {
      const path = `${folder}/${name.replaceAll('\\', '/')}`
      if (/\.(?:ts|mjs)$/.test(path)) sources.set(path, readFileSync(new URL(path, ROOT), 'utf8'))
    }
  }
  return sources
}

describe('the sources', () => {
  const sources = projectSources()

  it('import only what stands below them', () => {
    assert.equal(sources.has('pkg/errors/index.ts'), true)
    assert.deepEqual(forbiddenImports(sources), [])
  })

  it('do not import each other in circles', () => {
    assert.deepEqual(importCycles(sources), [])
  })

  it('keep to the rules for files and folders', () => {
    assert.deepEqual(fileViolations(sources), [])
  })
})

describe('forbiddenImports', () => {
  const refused: readonly (readonly [path: string, text: string])[] = [
    ['pkg/errors/a.ts', `import { x } from '#pkg/policy'`],
    ['pkg/errors/a.ts', `import type { X } from '#pkg/wire'`],
    ['pkg/policy/a.ts', `import { x } from '#pkg/config'`],
    ['pkg/store/a.ts', `import { x } from '#pkg/telemetry'`],
    ['pkg/telemetry/a.ts', `import { x } from '#pkg/audit'`],
    ['pkg/oidc/a.ts', `import { x } from '#pkg/github'`],
    ['pkg/oidc/a.ts', `const x = await import('#pkg/exchange')`],
    ['pkg/oidc/a.ts', `export * from '#pkg/exchange'`],
    ['pkg/exchange/a.ts', `type X = import('#pkg/transport').X`],
    ['pkg/client/a.ts', `import { x } from '#pkg/prober'`],
    ['pkg/config/a.ts', `import { x } from '#pkg/config'`],
    ['pkg/config/a.ts', `import { x } from '#pkg/errors/code'`],
    ['pkg/config/a.ts', `import { x } from '#pkg/nowhere'`],
    ['pkg/config/a.ts', `import { x } from '../errors/index.ts'`],
    ['pkg/config/deep/a.ts', `import { x } from '../../errors/code.ts'`],
    ['pkg/config/a.ts', `import { x } from '../../cmd/app/main.ts'`],
    ['pkg/config/a.ts', `import { x } from '../../emulator/index.ts'`],
    ['pkg/config/a.ts', `import { x } from '../../test/layout/imports.ts'`],
    ['pkg/policy/a.ts', `import { readFile } from 'node:fs'`],
    ['pkg/policy/a.ts', `import { readFile } from 'fs'`],
    ['pkg/policy/a.ts', `import { z } from 'zod'`],
    ['emulator/a.ts', `import { x } from '#pkg/errors'`],
    ['emulator/github/a.ts', `import { x } from '../../pkg/errors/index.ts'`],
    ['emulator/a.ts', `import { x } from '../cmd/app/main.ts'`],
    ['cmd/app/main.ts', `import { x } from '../../pkg/errors/index.ts'`],
    ['cmd/app/main.ts', `import { x } from '#pkg/errors/code'`],
  ]
  for (const [path, text] of refused) {
    it(`refuses in ${path}: ${text}`, () => {
      assert.equal(forbiddenImports(new Map([[path, text]])).length, 1)
    })
  }

  const allowed: readonly (readonly [path: string, text: string])[] = [
    ['pkg/config/a.ts', `import { x } from '#pkg/policy'`],
    ['pkg/config/deep/a.ts', `import { x } from '../b.ts'`],
    ['pkg/oidc/a.ts', `import { x } from '#pkg/store'`],
    ['pkg/audit/a.ts', `import type { Logger } from '#pkg/telemetry'`],
    ['pkg/prober/a.ts', `import { x } from '#pkg/client'`],
    ['pkg/transport/a.ts', `import type { Exchange } from '#pkg/exchange'`],
    ['pkg/policy/a.ts', `import { parse } from 'yaml'; import { RE2JS } from 're2js'`],
    ['pkg/policy/a.ts', `import { StsError } from '#pkg/errors'; import { b } from './b.ts'`],
    ['emulator/github/a.ts', `import { x } from '../http/b.ts'; import { createServer } from 'node:http'`],
    ['cmd/demo/main.ts', `import { x } from '#pkg/transport'; import { y } from '../../emulator/index.ts'`],
    ['test/errors/a.test.ts', `import { x } from '../../pkg/errors/code.ts'`],
  ]
  for (const [path, text] of allowed) {
    it(`allows in ${path}: ${text}`, () => {
      assert.deepEqual(forbiddenImports(new Map([[path, text]])), [])
    })
  }
})

describe('importCycles', () => {
  it('finds a circle, through types and import() too', () => {
    const sources = new Map([
      ['pkg/store/a.ts', `import { b } from './b.ts'`],
      ['pkg/store/b.ts', `import type { C } from './deep/c.ts'`],
      ['pkg/store/deep/c.ts', `const a = await import('../a.ts')`],
      ['pkg/store/d.ts', `import { a } from './a.ts'`],
    ])
    assert.deepEqual(importCycles(sources), [
      'pkg/store/a.ts -> pkg/store/b.ts -> pkg/store/deep/c.ts -> pkg/store/a.ts',
    ])
  })

  it('finds none where two files share a third', () => {
    const sources = new Map([
      ['pkg/store/a.ts', `import { b } from './b.ts'; import { c } from './c.ts'`],
      ['pkg/store/b.ts', `import { c } from './c.ts'`],
      ['pkg/store/c.ts', ''],
    ])
    assert.deepEqual(importCycles(sources), [])
  })
})

describe('fileViolations', () => {
  const refused: readonly (readonly [name: string, path: string, text: string])[] = [
    ['a file of 401 lines', 'pkg/store/a.ts', '\n'.repeat(401)],
    ['a script of 401 lines', 'scripts/a.mjs', '\n'.repeat(401)],
    ['a default export', 'pkg/store/a.ts', 'export default 1'],
    ['a default function', 'cmd/app/a.ts', 'export default function main() {}'],
    ['a default class', 'emulator/a.ts', 'export default class {}'],
    ['a default export by name', 'pkg/store/a.ts', 'const a = 1\nexport { a as default }'],
    ['process.env', 'pkg/store/a.ts', 'const a = process.env.PORT'],
    ["process['env']", 'pkg/store/a.ts', "const a = process['env']"],
    ['env taken out of process', 'pkg/store/a.ts', 'const { env } = process'],
    ['env of globalThis', 'pkg/store/a.ts', 'const a = globalThis.process.env'],
    ['env imported', 'pkg/store/a.ts', "import { env } from 'node:process'"],
    ['a vague name', 'pkg/store/string-util.ts', ''],
    ['a vague folder', 'test/helpers/a.ts', ''],
    ['Node in the policy language', 'pkg/policy/a.ts', 'const a = Buffer.from("")'],
    ['a clock in the policy language', 'pkg/policy/a.ts', 'const a = new Date()'],
    ['an area without index.ts', 'pkg/wire/a.ts', ''],
    ['an area without a place', 'pkg/nowhere/index.ts', ''],
  ]
  for (const [name, path, text] of refused) {
    it(`refuses ${name}`, () => {
      const indexes = ['store', 'policy'].map((area) => [`pkg/${area}/index.ts`, ''] as const)
      assert.equal(fileViolations(new Map([...indexes, [path, text]])).length, 1)
    })
  }

  it('allows what only looks like it', () => {
    const sources = new Map([
      ['pkg/store/index.ts', `${'\n'.repeat(399)}// process.env and export default`],
      ['pkg/store/utility-bill.ts', "const text = 'process.env'\nprocess.on('exit', () => {})"],
      ['pkg/policy/index.ts', 'interface A { readonly Date: string }'],
      ['cmd/app/main.ts', 'const env = process.env'],
    ])
    assert.deepEqual(fileViolations(sources), [])
  })
})
