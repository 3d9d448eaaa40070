import { readObject, sendRequest, readBaseUrl, urlBelow, type Fetch, type HttpAnswer } from '#pkg/client'
import { locatePolicy, type Scope } from '#pkg/policy'

const CALL_TIMEOUT_MS = 8_000

/** A policy is at most 64 KiB, in base64 here; an issue's text as long. */
const ANSWER_MAX_BYTES = 1024 * 1024

/** Where policies of a whole owner are, unless the service is told otherwise. */
const ORGANIZATION_POLICY_REPOSITORY = '.github'

const ISSUE_TITLE = 'A prober was able to create this issue, which must be impossible'
const ISSUE_BODY =
  'The trust policy of the prober, or the service, gives more than it should: the token that made this issue must not have `issues: write`.'

/** Words in the messages of secondary limits, which show in nothing else. */
const LIMIT_WORDS = /rate limit|abuse|spammed/i

/** What GitHub answers to one call. */
export interface GitHubAnswer {
  readonly status: number
  /**
   * Whether it says nothing of the token: GitHub is in trouble, or a rate limit is spent.
   * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
   */
  readonly isTransient: boolean
  /** Of an object; undefined for anything else. */
  readonly body: Readonly<Record<string, unknown>> | undefined
}

/** A call with an installation token. Rejects with a ClientError when there is no answer. */
export type GitHubCall = (token: string, signal: AbortSignal) => Promise<GitHubAnswer>

/** What a prober does at GitHub. */
export interface GitHubCalls {
  /** https://docs.github.com/rest/repos/contents#get-repository-content */
  readonly readPolicy: GitHubCall
  /** https://docs.github.com/rest/issues/issues#list-repository-issues */
  readonly listIssues: GitHubCall
  /** https://docs.github.com/rest/issues/issues#create-an-issue */
  readonly createIssue: GitHubCall
}

export interface GitHubCallsOptions {
  /** GitHub's REST API. */
  readonly gitHubUrl: string
  readonly scope: Scope
  readonly identity: string
  readonly fetch: Fetch
}

/** The calls for the repository that the policy of `scope` and `identity` is in. */
export function createGitHubCalls(options: GitHubCallsOptions): GitHubCalls {
  const { gitHubUrl, scope, identity, fetch } = options
  const { owner, repository, path } = locatePolicy(scope, identity, ORGANIZATION_POLICY_REPOSITORY)
  const base = urlBelow(readBaseUrl(gitHubUrl), `/repos/${owner}/${repository}`)

  const call =
    (resource: string, body?: Readonly<Record<string, string>>): GitHubCall =>
    async (token, signal) => {
      const request = {
        url: new URL(base.href + resource),
        method: body === undefined ? 'GET' : 'POST',
        token,
        accept: 'application/vnd.github+json',
        body,
        timeoutMs: CALL_TIMEOUT_MS,
        maxBytes: ANSWER_MAX_BYTES,
      } as const
      return answerOf(await sendRequest(request, { signal, fetch }))
    }

  return {
    readPolicy: call(`/contents/${path}`),
    listIssues: call('/issues?per_page=1'),
    createIssue: call('/issues', { title: ISSUE_TITLE, body: ISSUE_BODY }),
  }
}

function answerOf({ status, headers, text }: HttpAnswer): GitHubAnswer {
  const body = readObject(text)
  const message = body?.['message']
  const isLimit =
    status === 429 ||
    headers.has('retry-after') ||
    headers.get('x-ratelimit-remaining') === '0' ||
    (typeof message === 'string' && LIMIT_WORDS.test(message))
  return { status, isTransient: status >= 500 || (status >= 400 && isLimit), body }
}
