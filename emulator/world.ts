import { fileURLToPath } from 'node:url'
import { generateAppKey } from './github/app-key.ts'
import type { AppKey } from './github/app-key.ts'
import { startGitHub } from './github/emulator.ts'
import type { GitHubEmulator, GitHubOptions } from './github/emulator.ts'
import { startIssuer } from './issuer/issuer.ts'
import type { ActionsRepository, Issuer, IssuerOptions } from './issuer/issuer.ts'
import { readPolicyFolder, watchPolicyFolder } from './policy-folder.ts'
import type { FolderFiles } from './policy-folder.ts'

/** Stands for the world's own issuer in the policy folder, whose port nobody can know beforehand. */
const ACTIONS_ISSUER = 'https://token.actions.githubusercontent.com'

/** Accounts and repositories with ids that policies can name. */
const ACME = { login: 'acme', id: 4242 }
const REPOSITORIES: readonly { readonly name: string; readonly id: number; readonly immutable: boolean }[] = [
  { name: '.github', id: 510000, immutable: false },
  { name: 'app', id: 510001, immutable: true },
  { name: 'docs', id: 510002, immutable: false },
  { name: 'infra', id: 510003, immutable: true },
  { name: 'prober', id: 510004, immutable: true },
]

/** How a world is started. */
export interface WorldOptions {
  /** Folder of `<owner>/<repo>/<path>` files; default the `policies` beside this file. */
  readonly policiesDirectory?: string
  /** A saved file counts as a push; default true. */
  readonly watch?: boolean
  readonly github?: GitHubOptions
  readonly issuer?: Omit<IssuerOptions, 'findRepository'>
}

/** A GitHub, an issuer, and an App installed on every organization of the policy folder. */
export interface World {
  readonly github: GitHubEmulator
  readonly issuer: Issuer
  readonly app: { readonly id: number; readonly clientId: string; readonly slug: string }
  readonly appKey: AppKey
  /** Login of the organization that is always there. */
  readonly organization: string
  readonly close: () => Promise<void>
}

/** Starts the world of the demo and the end-to-end tests. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const root = options.policiesDirectory ?? fileURLToPath(new URL('./policies', import.meta.url))
  const found = await readPolicyFolder(root)
  const github = await startGitHub(options.github)
  const issuer = await startIssuer({
    ...options.issuer,
    findRepository: (fullName) => actionsRepository(github, fullName),
  })
  const appKey = generateAppKey()

  github.addOrganization(ACME.login, ACME.id)
  const app = github.addApp({
    slug: 'github-sts',
    owner: ACME.login,
    permissions: {
      actions: 'write',
      checks: 'write',
      contents: 'write',
      deployments: 'write',
      issues: 'write',
      members: 'read',
      merge_queues: 'read',
      metadata: 'read',
      pull_requests: 'write',
    },
    events: ['push', 'pull_request', 'merge_group', 'check_suite', 'check_run', 'repository'],
    publicKeys: [appKey.publicKey],
  })
  github.install({ app, account: ACME.login })
  for (const { name, id } of REPOSITORIES) github.addRepository({ owner: ACME.login, name, id })

  let loaded: FolderFiles = new Map()
  function load(files: FolderFiles): void {
    for (const [fullName, before] of loaded) {
      pushChanges(github, fullName, before, files.get(fullName) ?? new Map(), issuer.issuer)
    }
    for (const [fullName, after] of files) {
      if (loaded.has(fullName)) continue
      addMissing(github, app, fullName)
      pushChanges(github, fullName, new Map(), after, issuer.issuer)
    }
    loaded = files
  }
  load(found)
  const watched = options.watch === false ? undefined : watchPolicyFolder(root, load)

  return {
    github,
    issuer,
    app,
    appKey,
    organization: ACME.login,
    async close() {
      await watched?.close()
      await Promise.all([github.close(), issuer.close()])
    },
  }
}

/** A folder of a new owner is an organization with the App installed, one of a new repository is a repository. */
function addMissing(github: GitHubEmulator, app: { readonly id: number }, fullName: string): void {
  const [owner = '', name = ''] = fullName.split('/')
  if (github.findRepository(fullName) !== undefined) return
  if (github.findAccount(owner) === undefined) {
    github.addOrganization(owner)
    github.install({ app, account: owner })
  }
  github.addRepository({ owner, name })
}

function pushChanges(
  github: GitHubEmulator,
  fullName: string,
  before: ReadonlyMap<string, Buffer>,
  after: ReadonlyMap<string, Buffer>,
  issuer: string,
): void {
  const saved = [...after].filter(([path, content]) => before.get(path)?.equals(content) !== true)
  const removed = [...before.keys()].filter((path) => !after.has(path))
  if (saved.length + removed.length === 0) return
  const files = Object.fromEntries([
    ...saved.map(([path, content]) => [path, withIssuer(content, issuer)] as const),
    ...removed.map((path) => [path, null] as const),
  ])
  github.push({ repository: fullName, files, message: 'Save policies' })
}

function withIssuer(content: Buffer, issuer: string): string {
  const escaped = (text: string): string => text.replaceAll('.', '\\.')
  return content
    .toString()
    .replaceAll(ACTIONS_ISSUER, issuer)
    .replaceAll(escaped(ACTIONS_ISSUER), escaped(issuer))
}

function actionsRepository(github: GitHubEmulator, fullName: string): ActionsRepository | undefined {
  const repository = github.findRepository(fullName)
  if (repository === undefined) return undefined
  const { owner, name, id } = repository
  return {
    owner: owner.login,
    repo: name,
    ownerId: owner.id,
    repositoryId: id,
    visibility: repository.private ? 'private' : 'public',
    immutable: REPOSITORIES.find((known) => known.id === id)?.immutable ?? true,
  }
}
