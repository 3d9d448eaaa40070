import { resolve } from 'node:path'
import { isRepositoryName, isSameName, parseScope, readPolicyFileName, type PolicyLevel } from '#pkg/policy'
import { chooseWord } from './parse-options.ts'
import { UsageError } from './usage-error.ts'

/** The repository of an organization's policies where a service is not told otherwise (`ORG_POLICY_REPO`). */
const DEFAULT_ORG_POLICY_REPO = '.github'

/** The repository that a file is in. */
export interface PolicyHome {
  readonly owner: string
  readonly name: string
  /** `owner/name` */
  readonly fullName: string
}

/** What the user says about where files are. */
export interface PlaceOptions {
  readonly level: PolicyLevel | undefined
  /** `--repo`: the repository with its owner. */
  readonly home: PolicyHome | undefined
  readonly orgPolicyRepo: string
}

/**
 * Reads `--level`, `--repo` and `--org-policy-repo`. The repository decides the level in an exchange, so that both are
 * taken only where they agree.
 *
 * @throws UsageError
 */
export async function readPlaceOptions(
  get: (name: 'level' | 'repo' | 'org-policy-repo') => string | undefined,
): Promise<PlaceOptions> {
  const level = get('level')
  const repo = get('repo')
  const orgPolicyRepo = get('org-policy-repo') ?? DEFAULT_ORG_POLICY_REPO
  if (!isRepositoryName(orgPolicyRepo)) {
    throw new UsageError(
      '--org-policy-repo is the name of a repository, without its owner: write --org-policy-repo NAME',
    )
  }
  const said =
    level === undefined ? undefined : await chooseWord('--level', level, ['repository', 'organization'])
  const home = repo === undefined ? undefined : readHome(repo)
  if (said !== undefined && home !== undefined && said !== levelOf(home.name, orgPolicyRepo)) {
    throw new UsageError(
      `policies in ${home.fullName} are those of ${said === 'organization' ? 'a repository' : 'an organization'}: leave --level out`,
    )
  }
  return { level: said, home, orgPolicyRepo }
}

function levelOf(repository: string, orgPolicyRepo: string): PolicyLevel {
  return isSameName(repository, orgPolicyRepo) ? 'organization' : 'repository'
}

function readHome(fullName: string): PolicyHome {
  const { owner, repository: name } = parseScope(fullName) ?? {}
  if (owner !== undefined && name !== undefined) return { owner, name, fullName }
  throw new UsageError('--repo is a repository with its owner: write --repo OWNER/NAME')
}

/** A file by its path alone. */
export interface PolicyFile {
  readonly level: PolicyLevel | 'issuer-list'
  /** Why no exchange will find it, and what to do. Undefined: it is where one looks, or somewhere else altogether. */
  readonly unreachable: string | undefined
}

/**
 * What a file is. The level comes from what the user says, else from the repository in
 * `OWNER/REPOSITORY/.github/chainguard/NAME`, else it is that of a repository.
 */
export function describePolicyFile(path: string, options: PlaceOptions): PolicyFile {
  const { home, orgPolicyRepo } = options
  const folders = resolve(path).split(/[\\/]/)
  const name = folders.pop() ?? ''
  const root = folders.findLastIndex((folder, at) => folder === '.github' && folders[at + 1] === 'chainguard')
  const repository = home?.name ?? (root > 0 ? folders[root - 1] : undefined)
  const isOfOrganization = repository !== undefined && isSameName(repository, orgPolicyRepo)
  const isDeeper = root >= 0 && folders.length > root + 2
  const place = isDeeper ? 'move it up: policies are read from .github/chainguard itself' : undefined
  const { kind, rename } = readPolicyFileName(name)
  if (kind === 'issuer-list') {
    const isElsewhere = home !== undefined && !isOfOrganization
    const elsewhere = isElsewhere
      ? `move it to ${home.owner}/${orgPolicyRepo}: issuer lists are read there`
      : undefined
    return { level: 'issuer-list', unreachable: rename ?? elsewhere ?? place }
  }
  const level = options.level ?? (isOfOrganization ? 'organization' : 'repository')
  return { level, unreachable: rename ?? place }
}
