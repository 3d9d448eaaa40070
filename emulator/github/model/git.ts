import { createHash } from 'node:crypto'

/** A file, symlink (content: its target) or submodule (content: its URL) of a commit. */
export interface GitEntry {
  readonly kind: 'file' | 'symlink' | 'submodule'
  readonly content: Buffer
  /** The blob's object id; for a submodule the commit it points to. */
  readonly sha: string
}

/** One commit with the whole tree it stands for. */
export interface Commit {
  readonly sha: string
  readonly treeSha: string
  readonly parents: readonly string[]
  readonly message: string
  /** ms since the epoch. */
  readonly date: number
  /** By full path. */
  readonly files: ReadonlyMap<string, GitEntry>
}

/** What a path of a commit is: an entry, a directory with its direct children, or nothing. */
export type PathTarget =
  | { readonly kind: 'entry'; readonly path: string; readonly entry: GitEntry }
  | { readonly kind: 'directory'; readonly path: string; readonly children: readonly PathTarget[] }

const MODES = { file: '100644', symlink: '120000', submodule: '160000' } as const

/** An entry with git's own object id. */
export function gitEntry(kind: GitEntry['kind'], content: string | Buffer): GitEntry {
  const bytes = Buffer.from(content)
  const sha = kind === 'submodule' ? sha1(bytes) : objectId('blob', bytes)
  return { kind, content: bytes, sha }
}

/** A commit of `files` on top of `parents`. */
export function gitCommit(
  files: ReadonlyMap<string, GitEntry>,
  parents: readonly string[],
  message: string,
  date: number,
): Commit {
  const treeSha = treeId(files)
  const seconds = Math.floor(date / 1000)
  const lines = [
    `tree ${treeSha}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author Mona <mona@example.com> ${seconds} +0000`,
    `committer Mona <mona@example.com> ${seconds} +0000`,
  ]
  const sha = objectId('commit', Buffer.from(`${lines.join('\n')}\n\n${message}\n`))
  return { sha, treeSha, parents, message, date, files }
}

/** What is at `path` (no leading or trailing slash; empty for the root), or undefined. */
export function lookUp(files: ReadonlyMap<string, GitEntry>, path: string): PathTarget | undefined {
  const entry = files.get(path)
  if (entry !== undefined) return { kind: 'entry', path, entry }
  const prefix = path === '' ? '' : `${path}/`
  const children = new Map<string, PathTarget>()
  for (const [file, child] of files) {
    if (!file.startsWith(prefix)) continue
    const [name = '', ...deeper] = file.slice(prefix.length).split('/')
    const childPath = prefix + name
    if (deeper.length === 0) children.set(name, { kind: 'entry', path: childPath, entry: child })
    else children.set(name, { kind: 'directory', path: childPath, children: [] })
  }
  if (children.size === 0) return undefined
  const sorted = [...children].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, child]) => child)
  return { kind: 'directory', path, children: sorted }
}

/** Object id of the tree that holds `files`, whose paths are relative to it. */
export function treeId(files: ReadonlyMap<string, GitEntry>): string {
  const rows: { readonly key: string; readonly mode: string; readonly name: string; readonly sha: string }[] =
    []
  const folders = new Map<string, Map<string, GitEntry>>()
  for (const [path, entry] of files) {
    const slash = path.indexOf('/')
    if (slash === -1) {
      rows.push({ key: path, mode: MODES[entry.kind], name: path, sha: entry.sha })
      continue
    }
    const name = path.slice(0, slash)
    const folder = folders.get(name) ?? new Map<string, GitEntry>()
    folders.set(name, folder.set(path.slice(slash + 1), entry))
  }
  for (const [name, folder] of folders) {
    rows.push({ key: `${name}/`, mode: '40000', name, sha: treeId(folder) })
  }
  // git sorts a directory as if its name ended in a slash.
  rows.sort((one, other) => Buffer.compare(Buffer.from(one.key), Buffer.from(other.key)))
  const parts = rows.flatMap(({ mode, name, sha }) => [
    Buffer.from(`${mode} ${name}\0`),
    Buffer.from(sha, 'hex'),
  ])
  return objectId('tree', Buffer.concat(parts))
}

function objectId(type: string, content: Buffer): string {
  return sha1(Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]))
}

function sha1(bytes: Buffer): string {
  return createHash('sha1').update(bytes).digest('hex')
}
