import { isSameName, POLICY_FOLDER, POLICY_SUFFIX, readPolicyFileName, type PolicyLevel } from '#pkg/policy'

/** A file of a repository that the validator has something to say about. */
export type PolicyFile =
  | { readonly kind: 'trust-policy'; readonly path: string; readonly level: PolicyLevel }
  | { readonly kind: 'issuer-list'; readonly path: string }
  /** It looks like a policy, and no exchange reads it. */
  | { readonly kind: 'unread'; readonly path: string; readonly advice: string }

/** The repository that a change is in. */
export interface PolicyRepository {
  readonly repository: string
  readonly orgPolicyRepo: string
}

/** What is at a path of a repository, relative to its root; undefined for what has nothing to do with policies. */
export function readPolicyPath(
  path: string,
  { repository, orgPolicyRepo }: PolicyRepository,
): PolicyFile | undefined {
  const isOfOrganization = isSameName(repository, orgPolicyRepo)
  const inFolder = withoutFolder(path)
  if (inFolder === undefined) return undefined
  const { rest, isExact } = inFolder
  if (rest === '') {
    return { kind: 'unread', path, advice: 'make it a folder: policies are read from files in it' }
  }
  const [name = '', ...deeper] = rest.split('/')
  if (isExact && deeper.length > 0 && name.endsWith(POLICY_SUFFIX)) {
    // A folder where a policy is looked for: reading it says what is wrong.
    return policyAt(`${POLICY_FOLDER}/${name}`, isOfOrganization)
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
  if (kind === 'trust-policy') return policyAt(path, isOfOrganization)
  return isOfOrganization
    ? { kind: 'issuer-list', path }
    : {
        kind: 'unread',
        path,
        advice: `move it to the repository ${orgPolicyRepo}: issuer lists are read there`,
      }
}

function policyAt(path: string, isOfOrganization: boolean): PolicyFile {
  return { kind: 'trust-policy', path, level: isOfOrganization ? 'organization' : 'repository' }
}

/** What follows the policy folder in a path, and whether the folder is spelled as it is looked for. */
function withoutFolder(path: string): { readonly rest: string; readonly isExact: boolean } | undefined {
  if (path === POLICY_FOLDER) return { rest: '', isExact: true }
  const folder = path.slice(0, POLICY_FOLDER.length + 1)
  if (folder.toLowerCase() !== `${POLICY_FOLDER}/`) return undefined
  return { rest: path.slice(folder.length), isExact: folder === `${POLICY_FOLDER}/` }
}
