import type { GitEntry, PathTarget } from '../model/git.ts'
import { treeId } from '../model/git.ts'
import { fullName } from '../model/repository.ts'
import type { Repository } from '../model/repository.ts'

/** Larger files come without their content: https://docs.github.com/rest/repos/contents#get-repository-content */
const INLINE_CONTENT_MAX_BYTES = 1024 * 1024

/** A place in a repository at a ref, for its links. */
export interface ContentPlace {
  readonly api: string
  readonly repository: Repository
  readonly ref: string
}

/** `content-file` of GitHub's description, with the content. */
export function fileJson(place: ContentPlace, path: string, entry: GitEntry) {
  const inline = entry.content.length <= INLINE_CONTENT_MAX_BYTES
  return {
    ...describe(place, path, entry.sha, 'file', entry.content.length),
    content: inline ? base64Lines(entry.content) : '',
    encoding: inline ? 'base64' : 'none',
  }
}

/** A file as an answer to writing it has it: without the content. */
export function writtenFileJson(place: ContentPlace, path: string, entry: GitEntry) {
  return describe(place, path, entry.sha, 'file', entry.content.length)
}

/** `content-symlink`: a link whose target is no file of the repository. */
export function symlinkJson(place: ContentPlace, path: string, entry: GitEntry) {
  return {
    ...describe(place, path, entry.sha, 'symlink', entry.content.length),
    target: entry.content.toString(),
  }
}

/** `content-submodule`. */
export function submoduleJson(place: ContentPlace, path: string, entry: GitEntry) {
  return {
    ...describe(place, path, entry.sha, 'submodule', 0),
    download_url: null,
    submodule_git_url: entry.content.toString(),
  }
}

/** One row of a directory's listing. A submodule is called a file there, as GitHub has always done; its links differ. */
export function listedJson(place: ContentPlace, child: PathTarget, files: ReadonlyMap<string, GitEntry>) {
  if (child.kind === 'directory') return directoryJson(place, child.path, files)
  const { kind, sha, content } = child.entry
  if (kind !== 'submodule') return describe(place, child.path, sha, kind, content.length)
  const row = describe(place, child.path, sha, 'file', 0)
  const tree = row.git_url.replace('/git/blobs/', '/git/trees/')
  return { ...row, download_url: null, git_url: tree, _links: { ...row._links, git: tree } }
}

/** A directory, without what is in it. */
export function directoryJson(place: ContentPlace, path: string, files: ReadonlyMap<string, GitEntry>) {
  return { ...describe(place, path, treeIdAt(files, path), 'dir', 0), download_url: null }
}

/** Object id of the tree at `path`; empty for the root. */
export function treeIdAt(files: ReadonlyMap<string, GitEntry>, path: string): string {
  const prefix = path === '' ? '' : `${path}/`
  const below = [...files].filter(([file]) => file.startsWith(prefix))
  return treeId(new Map(below.map(([file, entry]) => [file.slice(prefix.length), entry])))
}

function describe(
  { api, repository, ref }: ContentPlace,
  path: string,
  sha: string,
  type: 'file' | 'dir' | 'symlink' | 'submodule',
  size: number,
) {
  const name = fullName(repository)
  const escaped = path.split('/').map(encodeURIComponent).join('/')
  const url = `${api}/repos/${name}/contents/${escaped}?ref=${encodeURIComponent(ref)}`
  const gitUrl = `${api}/repos/${name}/git/${type === 'dir' ? 'trees' : 'blobs'}/${sha}`
  const htmlUrl = `https://github.com/${name}/${type === 'dir' ? 'tree' : 'blob'}/${ref}/${escaped}`
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    path,
    sha,
    size,
    url,
    html_url: htmlUrl,
    git_url: gitUrl,
    download_url: `https://raw.githubusercontent.com/${name}/${ref}/${escaped}`,
    type,
    _links: { self: url, git: gitUrl, html: htmlUrl },
  }
}

/** GitHub breaks base64 after 60 characters, and ends with a line feed. */
function base64Lines(content: Buffer): string {
  return content.toString('base64').replace(/.{1,60}/g, '$&\n')
}
