import type { GitHubEmulator } from '../../emulator/index.ts'

/** What a webhook knows of a repository when an event comes: nothing, the installation of its owner, a token for it too. */
export const KNOWLEDGE = ['nothing', 'owner', 'token'] as const

export type Knowledge = (typeof KNOWLEDGE)[number]

/** Where an event happens: a repository with `POLICY_FILES`, and a branch with a commit of its own. */
export interface EventPlace {
  readonly github: GitHubEmulator
  /** `owner/name`. */
  readonly repository: string
  readonly branch: string
}

/** A call to GitHub, in a word. `list` is of the folder of the policies, `read` of a file. */
export type CallWord =
  'close' | 'compare' | 'find installation' | 'list' | 'mint' | 'open' | 'read' | 'revoke'

/** A kind of event, and what it asks of GitHub. */
export interface EventSituation {
  readonly name: string
  /** Makes what is there before, unseen by the webhook; gives the event itself. */
  readonly prepare: (place: EventPlace) => () => void
  /** What a webhook asks that has a token for the repository. */
  readonly warm: readonly CallWord[]
  /** All calls, by what the webhook knows. */
  readonly calls: Readonly<Record<Knowledge, number>>
  /** Of the check run; null: there is none. */
  readonly conclusion: 'success' | 'failure' | null
  /** Whether it happens where the policies of the organization are. Default: false. */
  readonly isInPolicyRepository?: boolean
  /** As `STS_CHECKS`. Default: `changed`. */
  readonly checks?: 'always'
}

/** Where policies are. */
export const FOLDER = '.github/chainguard'
const POLICY_PATH = `${FOLDER}/release.sts.yaml`
const NEW_PATH = `${FOLDER}/new.sts.yaml`

/** More than the payload of a push shows. */
const LONG_PUSH_COMMITS = 2_049
const MANY_POLICIES = 10
/** More in both policies than two requests take. */
const ERRORS_PER_POLICY = 60

/** Every owner has them, beside the repository of the event. */
export const OTHER_REPOSITORY = 'one'
export const NAMED_REPOSITORIES: readonly string[] = [OTHER_REPOSITORY, 'two', 'three']

const POLICY = policyFor('main')

/** What every repository has at first. */
export const POLICY_FILES = { [POLICY_PATH]: POLICY }

/** A change for which the permissions of the App have to be known. */
export const ASKING_FILES = { [POLICY_PATH]: policyFor('main', 'issues: write') }

const CHANGED = { [POLICY_PATH]: policyFor('next') }
const MANY_PATHS = Array.from({ length: MANY_POLICIES }, (_, n) => `${FOLDER}/many-${n}.sts.yaml`)
const WITH_ERRORS = POLICY + Array.from({ length: ERRORS_PER_POLICY }, (_, n) => `unknown_${n}: x\n`).join('')
const WITH_REPOSITORIES = `${POLICY}repositories: [${NAMED_REPOSITORIES.join(', ')}]\n`

const ONE_CHANGED = ['open', 'read', 'read', 'close'] as const
/** What is to be checked is known only by a comparison. */
const COMPARED_FIRST = ['compare', ...ONE_CHANGED] as const
/** That there is something to check is known from the delivery. */
const COMPARED_LATER = ['open', 'compare', 'read', 'read', 'close'] as const

/** What the events cost that ask for something. */
export const EVENT_SITUATIONS: readonly EventSituation[] = [
  {
    name: 'push, one new policy',
    prepare: pushing({ [NEW_PATH]: POLICY }),
    warm: ['open', 'list', 'read', 'close'],
    calls: { nothing: 5, owner: 5, token: 4 },
    conclusion: 'success',
  },
  {
    name: 'push, one changed policy',
    prepare: pushing(CHANGED),
    warm: ONE_CHANGED,
    calls: { nothing: 5, owner: 5, token: 4 },
    conclusion: 'success',
  },
  {
    name: 'push to the default branch, one changed policy',
    prepare:
      ({ github, repository, branch }) =>
      () => {
        // Another time it has to be another change.
        github.push({ repository, files: { [POLICY_PATH]: policyFor(branch) } })
      },
    warm: ONE_CHANGED,
    calls: { nothing: 5, owner: 5, token: 4 },
    conclusion: 'success',
  },
  {
    name: 'push, one changed policy that gives more than contents: read',
    prepare: pushing(ASKING_FILES),
    warm: ONE_CHANGED,
    calls: { nothing: 6, owner: 5, token: 4 },
    conclusion: 'success',
  },
  {
    name: `push, ${MANY_POLICIES} changed policies`,
    prepare(place) {
      const { github, repository, branch } = place
      github.push({ repository, branch, files: filesAt(MANY_PATHS, POLICY) })
      return pushing(filesAt(MANY_PATHS, policyFor('next')))(place)
    },
    warm: ['open', ...MANY_PATHS.flatMap((): readonly CallWord[] => ['read', 'read']), 'close'],
    calls: { nothing: 23, owner: 23, token: 22 },
    conclusion: 'success',
  },
  {
    name: 'push, no policy',
    prepare: pushing({ 'src/main.ts': '1' }),
    warm: [],
    calls: { nothing: 0, owner: 0, token: 0 },
    conclusion: null,
  },
  {
    name: 'push that only deletes a policy',
    prepare: pushing({ [POLICY_PATH]: null }),
    warm: [],
    calls: { nothing: 0, owner: 0, token: 0 },
    conclusion: null,
  },
  {
    name: 'push of a new branch with more commits than the payload shows',
    prepare:
      ({ github, repository, branch }) =>
      () => {
        const commits = Array.from({ length: LONG_PUSH_COMMITS }, (_, n) => ({
          files: { 'n.txt': `${branch} ${n}` },
        }))
        github.push({ repository, branch: `${branch}-long`, commits })
      },
    warm: ['list', ...ONE_CHANGED],
    calls: { nothing: 6, owner: 6, token: 5 },
    conclusion: 'success',
  },
  {
    name: `push, two new policies with ${2 * ERRORS_PER_POLICY} errors`,
    prepare: pushing(filesAt(MANY_PATHS.slice(0, 2), WITH_ERRORS)),
    warm: ['open', 'list', 'read', 'read', 'close', 'close', 'close'],
    calls: { nothing: 8, owner: 8, token: 7 },
    conclusion: 'failure',
  },
  {
    name: 'push, one new policy of the organization for three named repositories',
    prepare: pushing({ [NEW_PATH]: WITH_REPOSITORIES }),
    warm: ['open', 'list', 'read', 'mint', 'revoke', 'close'],
    calls: { nothing: 7, owner: 7, token: 6 },
    conclusion: 'success',
    isInPolicyRepository: true,
  },
  {
    name: 'push, no policy, STS_CHECKS=always',
    prepare: pushing({ 'src/main.ts': '1' }),
    warm: ['open', 'compare', 'close'],
    calls: { nothing: 4, owner: 4, token: 3 },
    conclusion: 'success',
    checks: 'always',
  },
  {
    name: 'push, one changed policy, STS_CHECKS=always',
    prepare: pushing(CHANGED),
    warm: COMPARED_LATER,
    calls: { nothing: 6, owner: 6, token: 5 },
    conclusion: 'success',
    checks: 'always',
  },
  {
    name: 'pull request opened, one changed policy',
    prepare({ github, repository, branch }) {
      github.push({ repository, branch, files: CHANGED })
      return () => void github.openPullRequest({ repository, head: branch })
    },
    warm: COMPARED_FIRST,
    calls: { nothing: 6, owner: 6, token: 5 },
    conclusion: 'success',
  },
  {
    name: 'push to the branch of a pull request, both deliveries',
    prepare(place) {
      const { github, repository, branch } = place
      github.push({ repository, branch, files: { [POLICY_PATH]: policyFor('before') } })
      github.openPullRequest({ repository, head: branch })
      return pushing(CHANGED)(place)
    },
    warm: COMPARED_LATER,
    calls: { nothing: 6, owner: 6, token: 5 },
    conclusion: 'success',
  },
  {
    name: 'merge group of a pull request, both deliveries',
    prepare({ github, repository, branch }) {
      github.push({ repository, branch, files: CHANGED })
      const { number } = github.openPullRequest({ repository, head: branch })
      return () => void github.queueMerge({ repository, pullRequest: number })
    },
    warm: COMPARED_FIRST,
    calls: { nothing: 6, owner: 6, token: 5 },
    conclusion: 'success',
  },
  {
    name: 're-run of a push with one changed policy',
    prepare({ github, repository, branch }) {
      const { after } = github.push({ repository, branch, files: CHANGED })
      const suite = github.findRepository(repository)?.checkSuites.find(({ headSha }) => headSha === after)
      return () => {
        github.rerequestCheckSuite(repository, suite?.id ?? NaN)
      }
    },
    warm: ['open', 'compare', 'compare', 'read', 'read', 'close'],
    calls: { nothing: 7, owner: 7, token: 6 },
    conclusion: 'success',
  },
]

function pushing(files: Readonly<Record<string, string | null>>): EventSituation['prepare'] {
  return ({ github, repository, branch }) =>
    () =>
      void github.push({ repository, branch, files })
}

/** A policy for one branch of a repository. */
function policyFor(branch: string, permissions = 'contents: read'): string {
  return [
    'issuer: https://token.actions.githubusercontent.com',
    `subject: repo:acme@4242/app@510001:ref:refs/heads/${branch}`,
    `permissions: { ${permissions} }`,
    '',
  ].join('\n')
}

function filesAt(paths: readonly string[], text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(paths.map((path) => [path, text]))
}
