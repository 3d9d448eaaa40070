import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { walk } from './file-tree.ts'

/** A key as it would leak, not a text that only speaks of keys. */
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=\s]{200}/
const TOKEN = /\b(?:gh[opsu]_[A-Za-z0-9]{36}|github_pat_\w{40})/
const SENSITIVE_NAME =
  /(?:^|\/)(?:\.git|\.env|\.npmrc|\.netrc|\.ssh|[^/]+\.(?:pem|key|p12|pfx|tfstate))(?:\/|$)/
const READABLE_BY_ALL = 0o444
const WRITABLE_BY_OTHERS = 0o022

/** What an image must not have in the folder `root`, each with its path. */
export function findLeaks(root: string): readonly string[] {
  const leaks: string[] = []
  walk(root, (path, stats) => {
    if (SENSITIVE_NAME.test(path)) leaks.push(`${path}: its name`)
    if (
      !path.includes('node_modules/') &&
      /\.test\.|\.ts$|(?:^|\/)(?:test|emulator|demo)(?:\/|$)/.test(path)
    ) {
      leaks.push(`${path}: not of a program`)
    }
    if (!stats.isFile()) return
    const text = readFileSync(join(root, path), 'latin1')
    if (PRIVATE_KEY.test(text) || TOKEN.test(text)) leaks.push(`${path}: a secret`)
  })
  return leaks
}

/** What the user of the image could not read, or could change if it were its own. */
export function findWrongModes(root: string): readonly string[] {
  const wrong: string[] = []
  walk(root, (path, stats) => {
    if (stats.isSymbolicLink()) return
    const needed = stats.isDirectory() ? READABLE_BY_ALL | 0o111 : READABLE_BY_ALL
    if ((stats.mode & needed) !== needed || (stats.mode & WRITABLE_BY_OTHERS) !== 0) wrong.push(path)
  })
  return wrong
}

/** The packages that the compiled code in `folder` names, statically or in an `import()`. */
export function packagesNamedIn(folder: string): ReadonlySet<string> {
  const names = new Set<string>()
  walk(folder, (path, stats) => {
    if (!stats.isFile() || !path.endsWith('.js')) return
    const text = readFileSync(join(folder, path), 'utf8')
    for (const [, name = ''] of text.matchAll(/(?:\bfrom |\bimport\(|^import )'([^'#.][^']*)'/gm)) {
      if (!name.startsWith('node:')) names.add(name)
    }
  })
  return names
}
