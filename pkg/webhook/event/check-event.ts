import { commitAt, idAt, objectAt, objectsAt, textAt, type Fields } from './payload.ts'
import type { RepositoryFacts } from './repository-facts.ts'
import type { FileSource, ReviewRequest } from './review-request.ts'

/** Somebody asks for it; the rest are news about checks. */
const AGAIN: ReadonlySet<string> = new Set(['rerequested', 'requested_action'])

/** Pull requests whose files are asked for; where there are more, all policies are looked at instead. */
const PULL_REQUESTS_MAX = 10

/**
 * A check that is asked for. GitHub also asks for one by itself at each push, and of an App's own suites that says
 * nothing which the push has not said: those are left alone, those of others are not.
 *
 * @param isOwnApp - whether the object describes the App that the delivery is for.
 */
export function readCheck(
  payload: Fields,
  facts: RepositoryFacts,
  isOwnApp: (app: Fields | undefined) => boolean,
): ReviewRequest | undefined {
  const action = textAt(payload, 'action') ?? ''
  const run = objectAt(payload, 'check_run')
  const suite = objectAt(payload, 'check_suite') ?? objectAt(run, 'check_suite')
  const again = AGAIN.has(action)
  if (!again && (action !== 'requested' || isOwnApp(objectAt(run ?? suite, 'app')))) return undefined
  const headSha = commitAt(run ?? suite, 'head_sha')
  if (headSha === undefined || headSha === null) return undefined
  const sources = sourcesOf(run, suite, facts)
  // Whether it is of a fork GitHub does not say here; that somebody who may has asked for it is enough.
  return { target: facts.target, headSha, sources, head: undefined, isFromFork: false, again }
}

function sourcesOf(
  run: Fields | undefined,
  suite: Fields | undefined,
  { defaultBranch, repositoryId }: RepositoryFacts,
): readonly FileSource[] {
  const pullRequests = objectsAt(run, 'pull_requests') ?? objectsAt(suite, 'pull_requests') ?? []
  const bases = new Set(pullRequests.flatMap((pullRequest) => baseOf(pullRequest, repositoryId)))
  if (bases.size > PULL_REQUESTS_MAX) return [{ kind: 'folder', base: defaultBranch }]
  if (bases.size > 0) return [...bases].map((base) => ({ kind: 'comparison', base, isTarget: true }))

  const isDefault = textAt(suite, 'head_branch') === defaultBranch
  // Of a suite that was not begun by a push the commit before is not known.
  const before = commitAt(suite, 'before') ?? undefined
  const own: FileSource =
    before === undefined
      ? { kind: 'folder', base: isDefault ? undefined : defaultBranch }
      : { kind: 'comparison', base: before, isTarget: false }
  // The last push is not all that the commit would bring along: pull requests of forks are not listed.
  return isDefault ? [own] : [own, { kind: 'comparison', base: defaultBranch, isTarget: true }]
}

/** Those that a fork has opened elsewhere are listed, too. */
function baseOf(pullRequest: Fields, repositoryId: number): readonly string[] {
  const base = commitAt(objectAt(pullRequest, 'base'), 'sha') ?? undefined
  const isHere = idAt(objectAt(pullRequest, 'base', 'repo'), 'id') === repositoryId
  return base !== undefined && isHere ? [base] : []
}
