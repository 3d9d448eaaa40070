import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { cacheFolder, fetchPackage, type NpmPackage } from '../../support/npm-package.ts'
import { parseProviderSchema, parseSchema } from './provider-schema.ts'

import type { Block } from './provider-schema.ts'

const run = promisify(execFile)

/**
 * The npm package that is generated from the schema of the provider hashicorp/google 6.50.0. With more than 300 MB it is no
 * dependency: it is fetched once, checked, and only what the configuration names is taken out.
 */
const PACKAGE: NpmPackage = {
  spec: '@cdktf/provider-google@16.12.1',
  sha512: 'KqNA/5RiFT07r0PSZ6/07cJ2zESUgbj1JchVj21iBFBZVUbD+578xA/k8eq/r0cbyEgLmg9eYWeVslaYah4DCQ==',
  folder: 'provider-google-16.12.1',
}
const FILE_LIST_MAX_BYTES = 4 * 1024 * 1024

const parserHash = createHash('sha256')
  .update(readFileSync(new URL('./provider-schema.ts', import.meta.url)))
  .digest('hex')
  .slice(0, 12)
const CACHE = cacheFolder(PACKAGE)
const SCHEMAS = join(CACHE, parserHash)

/** A resource type (`google_kms_key_ring`), a data source (`data.google_project`), or `provider`. */
export type TypeName = string

/**
 * The schemas of the named types; one that the provider does not have is left out.
 * Rejects where the package is not in the cache and cannot be fetched.
 */
export async function readSchemas(types: Iterable<TypeName>): Promise<ReadonlyMap<TypeName, Block>> {
  const wanted = ['provider', ...types]
  await mkdir(SCHEMAS, { recursive: true })
  const missing = wanted.filter((type) => !existsSync(schemaFile(type)))
  if (missing.length > 0) await extract(missing)
  const schemas = new Map<TypeName, Block>()
  for (const type of wanted) {
    const block = JSON.parse(await readFile(schemaFile(type), 'utf8')) as Block | null
    if (block !== null) schemas.set(type, block)
  }
  return schemas
}

function schemaFile(type: TypeName): string {
  return join(SCHEMAS, `${type}.json`)
}

async function extract(types: readonly TypeName[]): Promise<void> {
  const archive = await fetchPackage(PACKAGE)
  const { stdout } = await run('tar', ['-tzf', archive], { maxBuffer: FILE_LIST_MAX_BYTES })
  const files = new Set(stdout.split('\n'))
  const folder = await mkdtemp(join(CACHE, 'extract-'))
  try {
    const present = types.filter((type) => files.has(memberOf(type)))
    if (present.length > 0) await run('tar', ['-xzf', archive, '-C', folder, ...present.map(memberOf)])
    for (const type of types) {
      const block = present.includes(type) ? await readGenerated(type, join(folder, memberOf(type))) : null
      await writeWhole(schemaFile(type), JSON.stringify(block))
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function memberOf(type: TypeName): string {
  return `package/lib/${type
    .replace(/^data\./, 'data-')
    .replace(/^google_/, '')
    .replaceAll('_', '-')}/index.js`
}

/** The JavaScript carries the TypeScript that it was made of, whose comments have what the compiler drops. */
async function readGenerated(type: TypeName, file: string): Promise<Block> {
  const script = await readFile(file, 'utf8')
  const encoded = script.slice(script.lastIndexOf('base64,') + 'base64,'.length)
  const map = JSON.parse(Buffer.from(encoded, 'base64').toString()) as { sourcesContent: readonly string[] }
  const source = map.sourcesContent[0] ?? ''
  return type === 'provider' ? parseProviderSchema(source) : parseSchema(source)
}

/** Several test files may write the same at the same time. */
async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}`
  await writeFile(temporary, text)
  await rename(temporary, file)
}
