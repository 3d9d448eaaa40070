import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url))
const FETCH_TIMEOUT_MS = 180_000

/** A package that only tests read, and that is no dependency. */
export interface NpmPackage {
  /** `name@version`. */
  readonly spec: string
  /** In base64. */
  readonly sha512: string
  /** The folder of this package's own in the cache. */
  readonly folder: string
}

/** The folder in the cache where the package's archive is, and what is made of it may be. */
export function cacheFolder({ folder }: NpmPackage): string {
  return join(CACHE, folder)
}

/** The path of the package's archive, which is fetched once and checked. Rejects where it cannot be fetched. */
export async function fetchPackage(wanted: NpmPackage): Promise<string> {
  const cache = cacheFolder(wanted)
  const archive = join(cache, 'package.tgz')
  if (existsSync(archive)) return archive
  await mkdir(cache, { recursive: true })
  // Several test files may fetch the same at the same time.
  const folder = await mkdtemp(join(cache, 'fetch-'))
  try {
    await run('npm', ['pack', wanted.spec, '--pack-destination', folder, '--fetch-retries=0'], {
      cwd: folder,
      timeout: FETCH_TIMEOUT_MS,
    })
    const file = join(folder, (await readdir(folder))[0] ?? '')
    const hash = createHash('sha512')
    await pipeline(createReadStream(file), hash)
    if (hash.digest('base64') !== wanted.sha512) throw new Error(`${wanted.spec} is not what it was`)
    await rename(file, archive)
    return archive
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
