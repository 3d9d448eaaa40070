import { createHash, randomUUID } from 'node:crypto'

/** What a GitHub Actions job's token says of the job. */
export interface ActionsJob {
  readonly owner: string
  readonly repo: string
  /** Full ref, or a branch's bare name; default `main`. */
  readonly ref?: string
  /** Default 1. */
  readonly ownerId?: number
  /** Default 2. */
  readonly repositoryId?: number
  readonly environment?: string
  /** Default `push`. A `pull_request` has a subject of its own. */
  readonly event?: string
  /**
   * The subject names the ids of owner and repository, as for all repositories made, renamed or transferred since
   * 15 July 2026; default true.
   */
  readonly immutable?: boolean
  /** File name below `.github/workflows`; default `release.yml`. */
  readonly workflow?: string
  /** Default `private`. */
  readonly visibility?: 'public' | 'private' | 'internal'
  /** Default `https://github.com/OWNER`. */
  readonly audience?: string
  readonly actor?: string
}

/**
 * The claims of GitHub Actions, but for issuer and times. Every one is a string.
 * https://docs.github.com/actions/reference/security/oidc
 */
export function actionsClaims(job: ActionsJob): Record<string, string> {
  const { owner, repo, environment, event = 'push', actor = 'mona', workflow = 'release.yml' } = job
  const { ownerId = 1, repositoryId = 2, immutable = true, visibility = 'private' } = job
  const ref = fullRef(job.ref ?? 'main')
  const pullRequest = event === 'pull_request'
  const jobRef = pullRequest ? 'refs/pull/1/merge' : ref
  const sha = createHash('sha1').update(jobRef).digest('hex')
  const repository = `${owner}/${repo}`
  const workflowRef = `${repository}/.github/workflows/${workflow}@${jobRef}`
  const name = immutable ? `${owner}@${ownerId}/${repo}@${repositoryId}` : repository
  const context =
    environment === undefined
      ? pullRequest
        ? 'pull_request'
        : `ref:${ref}`
      : `environment:${encodeColon(environment)}`
  return {
    jti: randomUUID(),
    sub: `repo:${name}:${context}`,
    aud: job.audience ?? `https://github.com/${owner}`,
    ref: jobRef,
    sha,
    repository,
    repository_owner: owner,
    repository_owner_id: String(ownerId),
    run_id: '1658821493',
    run_number: '10',
    run_attempt: '1',
    repository_visibility: visibility,
    repository_id: String(repositoryId),
    actor_id: '583231',
    actor,
    workflow: workflow.replace(/\.ya?ml$/, ''),
    head_ref: pullRequest ? 'feature' : '',
    base_ref: pullRequest ? 'main' : '',
    event_name: event,
    ref_protected: String(ref === 'refs/heads/main' && !pullRequest),
    ref_type: jobRef.startsWith('refs/tags/') ? 'tag' : 'branch',
    workflow_ref: workflowRef,
    workflow_sha: sha,
    job_workflow_ref: workflowRef,
    job_workflow_sha: sha,
    runner_environment: 'github-hosted',
    ...(environment === undefined ? {} : { environment }),
  }
}

function fullRef(ref: string): string {
  return ref.startsWith('refs/') ? ref : `refs/heads/${ref}`
}

/** A colon would end the environment's part of the subject. */
function encodeColon(environment: string): string {
  return environment.replaceAll(':', '%3A')
}
