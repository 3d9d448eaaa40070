import {
  isSameName,
  POLICY_FOLDER,
  readPolicyFileName,
  type PolicyFileName,
  type PolicyLevel,
} from '#pkg/policy'

/** Where the policy folder is. A change names it only where it is no folder: git knows none. */
const CONFIGURATION_FOLDER = '.github'

/** A file of a repository that the validator has something to say about. */
export type PolicyFile =
  | ReadableFile
  /** It looks like a policy, and no exchange reads it. */
  | { readonly kind: 'unread'; readonly path: string; readonly advice: string }
  /** It takes the place of the folder, so that no exchange reads any policy. */
  | { readonly kind: 'no-folder'; readonly path: string }

/** A file that an exchange reads. */
export type ReadableFile =
  | { readonly kind: 'trust-policy'; readonly path: string; readonly level: PolicyLevel }
  | { readonly kind: 'issuer-list'; readonly path: string }

export function isReadable(file: PolicyFile): file is ReadableFile {
  return file.kind === 'trust-policy' || file.kind === 'issuer-list'
}

/** The repository that a change is in. */
export interface PolicyRepository {
  readonly repository: string
  readonly orgPolicyRepo: string
}

/** Whether a path may be of interest here, whatever the repository. */
export function isNearPolicies(path: string): boolean {
  return path === CONFIGURATION_FOLDER || withoutFolder(path) !== undefined
}

/** What is at a path of a repository, relative to its root; undefined for what has nothing to do with policies. */
export function readPolicyPath(
  path: string,
  { repository, orgPolicyRepo }: PolicyRepository,
): PolicyFile | undefined {
  if (path === CONFIGURATION_FOLDER || path === POLICY_FOLDER) return { kind: 'no-folder', path }
  const isOfOrganization = isSameName(repository, orgPolicyRepo)
  const inFolder = withoutFolder(path)
  if (inFolder === undefined) return undefined
  const { rest, isExact } = inFolder
  const [name = '', ...deeper] = rest.split('/')
  if (isExact && deeper.length > 0) {
    // A folder where a file is looked for: reading it says what is wrong.
    const { kind, rename } = readPolicyFileName(name)
    const found =
      rename === undefined ? fileAt(kind, `${POLICY_FOLDER}/${name}`, isOfOrganization) : undefined
    if (found !== undefined) return found
  }
  const fileName = deeper.at(-1) ?? name
  if (!/\.ya?ml$/i.test(fileName)) return undefined
  const { kind, rename } = readPolicyFileName(fileName)
  const advice = !isExact
    ? `move it to ${POLICY_FOLDER}: names of folders are compared with case`
    : deeper.length > 0
      ? `move it up: policies are read from ${POLICY_FOLDER} itself`
      : rename
  if (advice !== undefined) return { kind: 'unread', path, advice }
  return (
    fileAt(kind, path, isOfOrganization) ?? {
      kind: 'unread',
      path,
      advice: `move it to the repository ${orgPolicyRepo}: issuer lists are read there`,
    }
  )
}

/** Undefined for an issuer list where none is read. */
function fileAt(
  kind: PolicyFileName['kind'],
  path: string,
  isOfOrganization: boolean,
): ReadableFile | undefined {
  if (kind === 'issuer-list') return isOfOrganization ? { kind, path } : undefined
  return { kind, path, level: isOfOrganization ? 'organization' : 'repository' }
}

/** What follows the policy folder in a path, and whether the folder is spelled as it is looked for. */
function withoutFolder(path: string): { readonly rest: string; readonly isExact: boolean } | undefined {
  if (path === POLICY_FOLDER) return { rest: '', isExact: true }
  const folder = path.slice(0, POLICY_FOLDER.length + 1)
  if (folder.toLowerCase() !== `${POLICY_FOLDER}/`) return undefined
  return { rest: path.slice(folder.length), isExact: folder === `${POLICY_FOLDER}/` }
}
