import { jsonAnswer } from '../../http/message.ts'
import type { Answer } from '../../http/message.ts'
import { actorOf } from '../caller.ts'
import { readCheckRun } from '../check-run-input.ts'
import type { CheckRunInput } from '../check-run-input.ts'
import { errorAnswer, notFound } from '../error-answer.ts'
import type { App } from '../model/app.ts'
import { addCheckRun, ensureCheckSuite, latestRuns, resetSuite, settleSuite } from '../model/check-run.ts'
import type { CheckRun } from '../model/repository.ts'
import { resolveRef } from '../model/repository.ts'
import { paginate } from '../pagination.ts'
import { accessRepository } from '../repository-access.ts'
import { annotationJson, checkRunJson } from '../resources/check-run.ts'
import type { Platform, Route, RoutedRequest } from '../route.ts'

const DOCS = 'https://docs.github.com/rest/checks/runs'

/** Check runs: what Apps say about commits. */
export const checkRunRoutes: readonly Route[] = [
  {
    operation: 'checks/create',
    method: 'POST',
    path: '/repos/{owner}/{repo}/check-runs',
    docs: `${DOCS}#create-a-check-run`,
    by: 'token',
    answer(request, platform) {
      const access = accessRepository(request, platform, { permission: 'checks', level: 'write' })
      if (!access.ok) return access.answer
      const reading = readCheckRun(request, ['name', 'head_sha'])
      if (!reading.ok) return reading.answer
      const { repository } = access
      const { name = '', headSha = '', detailsUrl, externalId = '', startedAt } = reading.input
      const head = repository.commits.get(headSha)
      const app = writingApp(request)
      if (head === undefined) return noCommit(request, headSha)
      const { registry, now } = platform
      const run: CheckRun = {
        id: registry.nextId(),
        suite: ensureCheckSuite(repository, app, head, { nextId: registry.nextId, now: now() }),
        name,
        status: 'queued',
        conclusion: null,
        startedAt: startedAt ?? now(),
        completedAt: null,
        externalId,
        detailsUrl: detailsUrl ?? `https://github.com/apps/${app.slug}`,
        output: { title: null, summary: null, text: null },
        annotations: [],
        actions: [],
      }
      addCheckRun(run)
      const actor = actorOf(request.caller)
      update(run, reading.input, now())
      const suiteCompleted = settleSuite(run.suite, now())
      platform.announce({ kind: 'check_run', action: 'created', checkRun: run }, actor)
      if (run.status === 'completed') announceCompletion(request, platform, run, suiteCompleted)
      const json = checkRunJson(platform.api, run)
      return jsonAnswer(201, json, { location: json.url })
    },
  },
  {
    operation: 'checks/update',
    method: 'PATCH',
    path: '/repos/{owner}/{repo}/check-runs/{check_run_id}',
    docs: `${DOCS}#update-a-check-run`,
    by: 'token',
    answer: (request, platform) =>
      withRun(request, platform, 'write', (run) => {
        const creator = run.suite.app
        if (creator !== writingApp(request)) {
          const message = `Invalid app_id \`${creator.id}\` - check run can only be modified by the GitHub App that created it.`
          return errorAnswer(403, message, request.route.docs)
        }
        const reading = readCheckRun(request, [])
        if (!reading.ok) return reading.answer
        const before = run.status
        update(run, reading.input, platform.now())
        const suiteCompleted = settleSuite(run.suite, platform.now())
        if (run.status === 'completed' && before !== 'completed') {
          announceCompletion(request, platform, run, suiteCompleted)
        }
        return jsonAnswer(200, checkRunJson(platform.api, run))
      }),
  },
  {
    operation: 'checks/get',
    method: 'GET',
    path: '/repos/{owner}/{repo}/check-runs/{check_run_id}',
    docs: `${DOCS}#get-a-check-run`,
    by: 'token',
    answer: (request, platform) =>
      withRun(request, platform, 'read', (run) => jsonAnswer(200, checkRunJson(platform.api, run))),
  },
  {
    operation: 'checks/list-annotations',
    method: 'GET',
    path: '/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations',
    docs: `${DOCS}#list-check-run-annotations`,
    by: 'token',
    answer: (request, platform) =>
      withRun(request, platform, 'read', (run) => {
        const page = paginate(run.annotations, request, platform.api)
        const items = page.items.map((annotation) => annotationJson(run, annotation))
        return jsonAnswer(200, items, page.headers)
      }),
  },
  {
    operation: 'checks/rerequest-run',
    method: 'POST',
    path: '/repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest',
    docs: `${DOCS}#rerequest-a-check-run`,
    by: 'token',
    answer: (request, platform) =>
      withRun(request, platform, 'write', (run) => {
        resetSuite(run.suite, platform.now())
        const actor = actorOf(request.caller)
        platform.announce({ kind: 'check_run', action: 'rerequested', checkRun: run }, actor)
        return jsonAnswer(201, {})
      }),
  },
  {
    operation: 'checks/list-for-ref',
    method: 'GET',
    path: '/repos/{owner}/{repo}/commits/{ref}/check-runs',
    docs: `${DOCS}#list-check-runs-for-a-git-reference`,
    by: 'token',
    answer(request, platform) {
      const access = accessRepository(request, platform, { permission: 'checks', level: 'read' })
      if (!access.ok) return access.answer
      const { query } = request.received
      const ref = request.parameters['ref'] ?? ''
      const commit = resolveRef(access.repository, ref)
      if (commit === undefined) return noCommit(request, ref)
      const suites = access.repository.checkSuites.filter(({ headCommit }) => headCommit === commit)
      const latest = new Set(suites.flatMap(latestRuns))
      const wanted: Readonly<Record<string, (run: CheckRun, value: string) => boolean>> = {
        check_name: ({ name }, value) => name === value,
        status: ({ status }, value) => status === value,
        app_id: ({ suite }, value) => suite.app.id === Number(value),
      }
      const runs = access.repository.checkRuns
        .filter((run) => (query.get('filter') === 'all' ? suites.includes(run.suite) : latest.has(run)))
        .filter((run) =>
          Object.entries(wanted).every(([name, matches]) => {
            const value = query.get(name)
            return value === null || matches(run, value)
          }),
        )
        .toReversed()
      const page = paginate(runs, request, platform.api)
      const items = page.items.map((run) => checkRunJson(platform.api, run))
      return jsonAnswer(200, { total_count: runs.length, check_runs: items }, page.headers)
    },
  },
]

/** Runs `answer` with the check run that the path names, if the caller may come to it. */
function withRun(
  request: RoutedRequest,
  platform: Platform,
  level: 'read' | 'write',
  answer: (run: CheckRun) => Answer,
): Answer {
  const access = accessRepository(request, platform, { permission: 'checks', level })
  if (!access.ok) return access.answer
  const id = Number(request.parameters['check_run_id'])
  const run = access.repository.checkRuns.find((one) => one.id === id)
  return run === undefined ? notFound(request.route.docs) : answer(run)
}

/** Has the run say what the request does, and go on saying the rest. Annotations are added to those it has. */
function update(run: CheckRun, input: CheckRunInput, now: number): void {
  run.name = input.name ?? run.name
  run.externalId = input.externalId ?? run.externalId
  run.detailsUrl = input.detailsUrl ?? run.detailsUrl
  run.startedAt = input.startedAt ?? run.startedAt
  run.actions = input.actions ?? run.actions
  if (input.output !== undefined) {
    run.output = { ...input.output, text: input.output.text ?? run.output.text }
  }
  run.annotations.push(...input.annotations)
  if (input.status === undefined) return
  run.status = input.status
  run.conclusion = input.conclusion ?? null
  run.completedAt = input.status === 'completed' ? (input.completedAt ?? now) : null
}

function announceCompletion(
  { caller }: RoutedRequest,
  { announce }: Platform,
  run: CheckRun,
  suiteCompleted: boolean,
): void {
  const actor = actorOf(caller)
  announce({ kind: 'check_run', action: 'completed', checkRun: run }, actor)
  if (suiteCompleted) announce({ kind: 'check_suite', action: 'completed', suite: run.suite }, actor)
}

function noCommit({ route }: RoutedRequest, sha: string): Answer {
  return errorAnswer(422, `No commit found for SHA: ${sha}`, route.docs)
}

/** The App whose installation token came with a request that was let write. */
function writingApp({ caller }: RoutedRequest): App {
  if (caller.kind !== 'installation') throw new Error('Only an installation can write.')
  return caller.token.installation.app
}
