import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { jsonAnswer } from '../../http/message.ts'
import type { Answer } from '../../http/message.ts'
import { errorAnswer, notFound } from '../error-answer.ts'
import { lookUp } from '../model/git.ts'
import type { Commit, GitEntry, PathTarget } from '../model/git.ts'
import { resolveRef } from '../model/repository.ts'
import { accessRepository } from '../repository-access.ts'
import {
  directoryJson,
  fileJson,
  listedJson,
  submoduleJson,
  symlinkJson,
  treeIdAt,
} from '../resources/content.ts'
import type { ContentPlace } from '../resources/content.ts'
import type { Route, RoutedRequest } from '../route.ts'

/** Files of a directory that its listing holds. */
const LISTED_MAX = 1000

/** Reading files and directories. */
export const readContentsRoute: Route = {
  operation: 'repos/get-content',
  method: 'GET',
  path: '/repos/{owner}/{repo}/contents/{+path}',
  docs: 'https://docs.github.com/rest/repos/contents#get-repository-content',
  by: 'token',
  answer(request, platform) {
    const access = accessRepository(request, platform, { permission: 'contents', level: 'read' })
    if (!access.ok) return access.answer
    const { repository } = access
    const ref = request.received.query.get('ref') ?? undefined
    if (repository.branches.size === 0) {
      return errorAnswer(404, 'This repository is empty.', request.route.docs)
    }
    const commit = resolveRef(repository, ref)
    if (commit === undefined) {
      return errorAnswer(404, `No commit found for the ref ${ref ?? ''}`, request.route.docs)
    }
    const path = (request.parameters['path'] ?? '').replace(/^\/+|\/+$/g, '')
    const found = lookUp(commit.files, path)
    if (found === undefined) return notFound(request.route.docs)
    const place = { api: platform.api, repository, ref: ref ?? repository.defaultBranch }
    return found.kind === 'directory'
      ? directoryAnswer(request, place, found.path, found.children, commit)
      : entryAnswer(request, place, found.path, found.entry, commit)
  },
}

function entryAnswer(
  request: RoutedRequest,
  place: ContentPlace,
  path: string,
  entry: GitEntry,
  commit: Commit,
): Answer {
  if (entry.kind === 'submodule') {
    return tagged(jsonAnswer(200, submoduleJson(place, path, entry)), request, place, path, entry.sha)
  }
  const file = entry.kind === 'file' ? entry : followed(path, entry, commit)
  if (file === undefined) {
    return tagged(jsonAnswer(200, symlinkJson(place, path, entry)), request, place, path, entry.sha)
  }
  const raw: Answer = {
    status: 200,
    headers: { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' },
    body: file.content,
  }
  const answer = mediaType(request) === 'raw' ? raw : jsonAnswer(200, fileJson(place, path, file))
  return tagged(answer, request, place, path, file.sha)
}

/** The file that a symlink leads to, over further links; undefined when it leads anywhere else. */
function followed(path: string, link: GitEntry, commit: Commit): GitEntry | undefined {
  let at = path
  let entry: GitEntry | undefined = link
  for (let hop = 0; entry?.kind === 'symlink' && hop < 40; hop++) {
    const target = entry.content.toString()
    at = target.startsWith('/') ? '..' : posix.join(posix.dirname(at), target)
    entry = commit.files.get(at)
  }
  return entry?.kind === 'file' ? entry : undefined
}

function directoryAnswer(
  request: RoutedRequest,
  place: ContentPlace,
  path: string,
  children: readonly PathTarget[],
  commit: Commit,
): Answer {
  const entries = children.slice(0, LISTED_MAX).map((child) => listedJson(place, child, commit.files))
  const body =
    mediaType(request) === 'object' ? { ...directoryJson(place, path, commit.files), entries } : entries
  return tagged(jsonAnswer(200, body), request, place, path, treeIdAt(commit.files, path))
}

/**
 * Gives the answer an ETag that changes exactly when its content does. Weak for JSON, which GitHub may compress or
 * reorder; strong for raw bytes.
 */
function tagged(
  answer: Answer,
  request: RoutedRequest,
  place: ContentPlace,
  path: string,
  sha: string,
): Answer {
  const media = mediaType(request)
  const seed = [place.repository.id, place.repository.name, place.ref, path, sha, media].join('\n')
  const tag = `"${createHash('sha256').update(seed).digest('hex')}"`
  const raw = answer.headers['content-type']?.includes('raw') === true
  return { ...answer, headers: { ...answer.headers, etag: raw ? tag : `W/${tag}` } }
}

function mediaType({ received }: RoutedRequest): 'raw' | 'object' | 'json' {
  const accept = received.headers.accept ?? ''
  if (/application\/vnd\.github\.(v3\.)?raw\b/.test(accept)) return 'raw'
  return /application\/vnd\.github\.(v3\.)?object\b/.test(accept) ? 'object' : 'json'
}
