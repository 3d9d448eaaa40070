import { watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** An editor saves in several steps; changes count when it has been quiet for this long. */
const QUIET_MS = 50

/** Besides what the system reports, because it reports nothing on some network and container file systems. */
const RESCAN_INTERVAL_MS = 2000

const FILE_MAX_BYTES = 1024 * 1024
const FILES_MAX = 1000
const DEPTH_MAX = 12

/** Files by repository (`owner/name`), and in it by path. */
export type FolderFiles = ReadonlyMap<string, ReadonlyMap<string, Buffer>>

/** A folder that is being watched. */
export interface WatchedFolder {
  /** Ends when the last look at the folder has. */
  readonly close: () => Promise<void>
}

/**
 * Reads `<root>/<owner>/<repo>/<path>`. Symlinks are not followed, so nothing outside the folder gets in; hidden files
 * and the copies that editors keep are left out.
 */
export async function readPolicyFolder(root: string): Promise<FolderFiles> {
  const repositories = new Map<string, Map<string, Buffer>>()
  let count = 0

  async function collect(folder: string, prefix: string, depth: number, into: Map<string, Buffer>) {
    if (depth > DEPTH_MAX) return
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (!isWanted(entry.name)) continue
      const path = prefix + entry.name
      if (entry.isDirectory()) await collect(join(folder, entry.name), `${path}/`, depth + 1, into)
      if (!entry.isFile() || count >= FILES_MAX) continue
      const content = await readWhole(join(folder, entry.name))
      if (content === undefined) continue
      count += 1
      into.set(path, content)
    }
  }

  for (const owner of await foldersIn(root)) {
    for (const repo of await foldersIn(join(root, owner))) {
      const files = new Map<string, Buffer>()
      await collect(join(root, owner, repo), '', 0, files)
      repositories.set(`${owner}/${repo}`, files)
    }
  }
  return repositories
}

/**
 * Calls `onChange` with the folder's files whenever they may have changed, one call at a time. A folder that cannot be
 * read, because it is just being replaced, has not changed.
 */
export function watchPolicyFolder(root: string, onChange: (files: FolderFiles) => void): WatchedFolder {
  let closed = false
  let quiet: NodeJS.Timeout | undefined
  let reading = Promise.resolve()
  let watcher: FSWatcher | undefined

  function rescan(): void {
    reading = reading.then(async () => {
      if (closed) return
      const files = await readPolicyFolder(root).catch(() => undefined)
      // `closed` may have changed while reading.
      if (files !== undefined && !isClosed()) onChange(files)
    })
  }
  const isClosed = (): boolean => closed

  try {
    watcher = watch(root, { recursive: true }, () => {
      clearTimeout(quiet)
      quiet = setTimeout(rescan, QUIET_MS)
    })
    watcher.on('error', () => watcher?.close())
  } catch {
    // No more watches to be had from the system: the interval alone has to do.
  }
  const interval = setInterval(rescan, RESCAN_INTERVAL_MS).unref()

  return {
    async close() {
      closed = true
      clearTimeout(quiet)
      clearInterval(interval)
      watcher?.close()
      await reading
    },
  }
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory() && isWanted(entry.name) && /^[A-Za-z0-9._-]+$/.test(entry.name))
    .map((entry) => entry.name)
}

function isWanted(name: string): boolean {
  return name === '.github' || (!name.startsWith('.') && !name.endsWith('~'))
}

/** Undefined for a file that is too large or has just gone. */
async function readWhole(file: string): Promise<Buffer | undefined> {
  try {
    return (await stat(file)).size > FILE_MAX_BYTES ? undefined : await readFile(file)
  } catch {
    return undefined
  }
}
