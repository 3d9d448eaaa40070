import type { StsError } from '#pkg/errors'
import { isJsonObject, malformed, readJson } from './answer.ts'
import type { GitHubAnswer } from './github-client.ts'
import { isObjectId } from './object-id.ts'

/** Bound of a file, in bytes: the size of the largest policy. */
const FILE_MAX_BYTES = 32 * 1024

/** Whatever is found at a path as an object. https://docs.github.com/rest/repos/contents#get-repository-content */
export const CONTENTS_MEDIA_TYPE = 'application/vnd.github.object+json'

/** Standard base64 (RFC 4648, section 4). */
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/** Something at a path. */
export type FileContents =
  | {
      readonly kind: 'found'
      readonly bytes: Buffer
      readonly etag: string | undefined
      /** The git object id. */
      readonly blob: string
    }
  /** Something that is no file of at most 32 KiB. */
  | { readonly kind: 'unusable'; readonly problem: 'directory' | 'symlink' | 'submodule' | 'too_large' }

/**
 * What the 200 to a question for the contents at a path holds.
 *
 * @throws StsError `github_answer_malformed`
 */
export function readFileContents(answer: GitHubAnswer): FileContents {
  const body = readJson(answer, 'read_file')
  if (Array.isArray(body)) return { kind: 'unusable', problem: 'directory' }
  if (!isJsonObject(body)) throw unreadable()
  switch (body['type']) {
    case 'dir':
      return { kind: 'unusable', problem: 'directory' }
    case 'symlink':
    case 'submodule':
      return { kind: 'unusable', problem: body['type'] }
    case 'file':
      break
    default:
      throw unreadable()
  }
  if (typeof body['submodule_git_url'] === 'string') return { kind: 'unusable', problem: 'submodule' }
  const { size, encoding, content, sha } = body
  if (typeof size !== 'number' || !isObjectId(sha)) throw unreadable()
  if (size > FILE_MAX_BYTES) return { kind: 'unusable', problem: 'too_large' }
  if (encoding !== 'base64' || typeof content !== 'string') throw unreadable()
  const bytes = decodeBase64(content)
  // A file cut on its way must not become a policy that says less.
  if (bytes?.length !== size) throw unreadable()
  return { kind: 'found', bytes, etag: answer.headers.etag, blob: sha }
}

/** GitHub breaks the lines of its base64; anything else that is not base64 gives undefined. */
function decodeBase64(content: string): Buffer | undefined {
  const text = content.replaceAll('\n', '')
  if (text.length % 4 !== 0 || !BASE64.test(text)) return undefined
  return Buffer.from(text, 'base64')
}

function unreadable(): StsError {
  return malformed('read_file', 'not the contents of a file')
}
