import {
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  type Stats,
} from 'node:fs'
import { dirname, join } from 'node:path'

/** Calls `visit` for every file, link and folder below `root`, with its path in it. */
export function walk(root: string, visit: (path: string, stats: Stats) => void, folder = ''): void {
  for (const name of readdirSync(join(root, folder))) {
    const path = join(folder, name)
    const stats = lstatSync(join(root, path))
    visit(path, stats)
    if (stats.isDirectory()) walk(root, visit, path)
  }
}

/** Copies a file, or a folder's content. */
export function copyTree(source: string, target: string): void {
  reproduce(source, target, copyFileSync)
}

/** The same without the bytes: the copy shares its files with the source, so neither may be changed. */
export function linkTree(source: string, target: string): void {
  reproduce(source, target, linkSync)
}

function reproduce(source: string, target: string, place: (from: string, to: string) => void): void {
  const stats = lstatSync(source)
  if (stats.isDirectory()) {
    mkdirSync(target, { recursive: true })
    for (const name of readdirSync(source)) reproduce(join(source, name), join(target, name), place)
  } else {
    mkdirSync(dirname(target), { recursive: true })
    if (stats.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
    else place(source, target)
  }
}
