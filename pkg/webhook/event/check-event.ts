import { commitAt, idAt, objectAt, objectsAt, textAt, type Fields } from './payload.ts'
import type { RepositoryFacts } from './repository-facts.ts'
import type { FileSource, ReviewRequest } from './review-request.ts'

/** Somebody asks for it; the rest are news about checks. */
const AGAIN: ReadonlySet<string> = new Set(['rerequested', 'requested_action'])

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
  return { target: facts.target, headSha, sources, head: undefined, again }
}

function sourcesOf(
  run: Fields | undefined,
  suite: Fields | undefined,
  { defaultBranch }: RepositoryFacts,
): readonly FileSource[] {
  const pullRequests = objectsAt(run, 'pull_requests') ?? objectsAt(suite, 'pull_requests') ?? []
  const sources = pullRequests.flatMap((pullRequest): readonly FileSource[] => {
    const number = idAt(pullRequest, 'number')
    const base = commitAt(objectAt(pullRequest, 'base'), 'sha')
    return number === undefined || base === undefined || base === null
      ? []
      : [{ kind: 'pull_request', number, base }]
  })
  if (sources.length > 0) return sources
  // Of a suite that was not begun by a push the commit before is not known.
  const before = commitAt(suite, 'before')
  if (before !== undefined && before !== null) return [{ kind: 'comparison', base: before }]
  const isDefault = textAt(suite, 'head_branch') === defaultBranch
  return [{ kind: 'folder', base: isDefault ? undefined : defaultBranch }]
}
