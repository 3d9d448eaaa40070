import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { secondaryRateLimit, type FaultEffect, type FaultMatch } from '../../emulator/index.ts'
import { CLOSE, COMPARE, OPEN } from './support/operations.ts'
import { FOLDER, GOOD, policy } from './support/policies.ts'
import { startWorkWorld, type WorkWorld } from './support/work-world.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const NOT_CHECKED = 'The policies could not be checked'

/** The App has to be asked what it may do, for this is more than a review needs. */
const CHANGED = policy('repo:acme@4242/app@510001:ref:refs/heads/main', 'issues: write')

/** Sixty findings in each of two files: more than fit into two requests. */
const MANY_FINDINGS = `${GOOD}${Array.from({ length: 60 }, (_, at) => `unknown${at}: x\n`).join('')}`

interface Fault {
  readonly name: string
  readonly effect: FaultEffect
  /** Whether it is over by itself. A refusal is believed, and said on the check run. */
  readonly kind: 'passing' | 'refusal' | 'rate_limit'
  /** How long it lasts where it does, in milliseconds of the virtual clock. Default: until all attempts are made. */
  readonly lastsMs?: number
}

const FAULTS: readonly Fault[] = [
  { name: 'a 500', effect: { kind: 'status', status: 500, body: '<html>' }, kind: 'passing' },
  { name: 'a reset', effect: { kind: 'reset' }, kind: 'passing' },
  { name: 'no answer', effect: { kind: 'timeout' }, kind: 'passing', lastsMs: MINUTE_MS },
  { name: 'no JSON', effect: { kind: 'bad_json' }, kind: 'passing' },
  { name: 'a 403', effect: { kind: 'status', status: 403 }, kind: 'refusal' },
  { name: 'a 404', effect: { kind: 'status', status: 404 }, kind: 'refusal' },
  { name: 'a 422', effect: { kind: 'status', status: 422 }, kind: 'refusal' },
  { name: 'a 429', effect: { ...secondaryRateLimit(90, 429) }, kind: 'rate_limit' },
  { name: 'a 403 with retry-after', effect: { ...secondaryRateLimit(90) }, kind: 'rate_limit' },
  {
    name: 'a 403 of a spent limit',
    effect: {
      kind: 'status',
      status: 403,
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-limit': '5000' },
    },
    kind: 'rate_limit',
  },
]

/** Something that leads to a check, and the calls that it takes. */
interface Story {
  readonly name: string
  readonly event: string
  /** Makes it happen; the commit that the check is for. */
  readonly act: () => Promise<string>
  readonly calls: Readonly<Record<string, FaultMatch>>
  readonly conclusion: 'success' | 'failure'
  /** Annotations; not counted unless it is said. */
  readonly findings?: number
}

let w: WorkWorld
let names = 0

/** A new branch that has the policy, so that it is changed and not new. */
function newBranch(): string {
  names += 1
  const branch = `branch-${names}`
  w.unheard(() =>
    w.github.push({ repository: 'acme/app', branch, files: { [`${FOLDER}/p.sts.yaml`]: GOOD, n: branch } }),
  )
  return branch
}

async function pushPolicy(content: string, names = ['p']): Promise<string> {
  const branch = newBranch()
  const files = Object.fromEntries(
    names.map((name) => [`${FOLDER}/${name}.sts.yaml`, `${content}# ${branch}\n`]),
  )
  const { after: head } = await w.heard('push', () =>
    w.github.push({ repository: 'acme/app', branch, files }),
  )
  return head
}

async function openPullRequest(): Promise<string> {
  const branch = newBranch()
  const files = { [`${FOLDER}/p.sts.yaml`]: `${CHANGED}# ${branch}\n` }
  const { after: head } = w.unheard(() => w.github.push({ repository: 'acme/app', branch, files }))
  await w.heard('pull_request', () => w.github.openPullRequest({ repository: 'acme/app', head: branch }))
  return head
}

async function queueMerge(): Promise<string> {
  const branch = newBranch()
  const files = { [`${FOLDER}/p.sts.yaml`]: `${CHANGED}# ${branch}\n` }
  const { number } = w.unheard(() => {
    w.github.push({ repository: 'acme/app', branch, files })
    return w.github.openPullRequest({ repository: 'acme/app', head: branch })
  })
  const group = await w.heard('merge_group', () =>
    w.github.queueMerge({ repository: 'acme/app', pullRequest: number }),
  )
  return group.headSha
}

/** Of another App, as a first commit has it: all that is known is the commit. */
async function requestSuite(): Promise<string> {
  const branch = newBranch()
  const head = w.github.findRepository('acme/app')?.branches.get(branch)?.sha ?? ''
  const installation = w.github.findAccount('acme')?.id
  assert.ok(installation !== undefined)
  const known = w.github.deliveries.findLast(({ message }) => message.event === 'push')
  const { repository, installation: by } = JSON.parse(String(known?.requestBody)) as Record<string, unknown>
  const suite = { head_sha: head, head_branch: branch, before: null, pull_requests: [], app: { id: 15368 } }
  const payload = { action: 'requested', check_suite: suite, repository, installation: by }
  await w.heard('check_suite', () => void w.github.deliver(w.world.app, { event: 'check_suite', payload }))
  return head
}

const LIST_FOLDER: FaultMatch = ({ path }) => path.endsWith(FOLDER)
const READ_HEAD: FaultMatch = ({ path, query }) => path.endsWith('p.sts.yaml') && isOf(query.get('ref'), true)
const READ_BASE: FaultMatch = ({ path, query }) =>
  path.endsWith('p.sts.yaml') && isOf(query.get('ref'), false)

/** Whether a commit is the newest of its branch. */
function isOf(ref: string | null, isHead: boolean): boolean {
  const heads = [...(w.github.findRepository('acme/app')?.branches.values() ?? [])].map(({ sha }) => sha)
  return heads.includes(ref ?? '') === isHead
}

/** The files, by their letters, that the annotations of an update are about. */
function filesIn(body: Buffer): string {
  const { output } = JSON.parse(String(body)) as { output?: { annotations?: { path: string }[] } }
  const paths = (output?.annotations ?? []).map(({ path }) => path.at(-'?.sts.yaml'.length) ?? '')
  return [...new Set(paths)].sort().join('')
}

const STORIES: readonly Story[] = [
  {
    name: 'a push',
    event: 'push',
    act: () => pushPolicy(CHANGED),
    calls: {
      'minting a token': 'apps/create-installation-access-token',
      'making the check run': OPEN,
      'reading the policy': READ_HEAD,
      'reading the policy before': READ_BASE,
      'finding the installation': 'apps/get-repo-installation',
      'ending the check run': CLOSE,
    },
    conclusion: 'success',
  },
  {
    name: 'a push with many findings',
    event: 'push',
    act: () => pushPolicy(MANY_FINDINGS, ['p', 'q']),
    calls: {
      'sending the second annotations': ({ operation, body }) =>
        operation === 'checks/update' && filesIn(body) === 'pq',
      'sending the last annotations': ({ operation, body }) =>
        operation === 'checks/update' && filesIn(body) === 'q',
    },
    conclusion: 'failure',
    findings: 120,
  },
  {
    name: 'a pull request',
    event: 'pull_request',
    act: openPullRequest,
    calls: { 'comparing the commits': COMPARE, 'making the check run': OPEN },
    conclusion: 'success',
  },
  {
    name: 'a merge queue',
    event: 'merge_group',
    act: queueMerge,
    calls: { 'comparing the commits': COMPARE },
    conclusion: 'success',
  },
  {
    name: 'a check suite',
    event: 'check_suite',
    act: requestSuite,
    calls: { 'listing the folder': LIST_FOLDER },
    conclusion: 'success',
  },
]

/** The check runs of a commit, oldest first. */
function checksOf(headSha: string) {
  const { checkRuns = [] } = w.github.findRepository('acme/app') ?? {}
  return checkRuns.filter(({ suite }) => suite.headSha === headSha)
}

/** The last check run of a commit, which is the one that GitHub shows. */
function shownCheck(headSha: string) {
  const check = checksOf(headSha).at(-1)
  assert.ok(check, 'there is a check run')
  return check
}

/** That the last check run of a commit says what the policies are like, and nothing twice. */
function isAsItShould(headSha: string, { conclusion, findings }: Story): void {
  const check = shownCheck(headSha)
  assert.deepEqual([check.status, check.conclusion], ['completed', conclusion], String(check.output.title))
  assert.notEqual(check.output.title, NOT_CHECKED)
  const places = check.annotations.map(({ path, startLine, message }) => `${path}:${startLine} ${message}`)
  assert.equal(new Set(places).size, places.length, 'an annotation is there twice')
  if (findings !== undefined) assert.equal(places.length, findings)
}

/** The answers to the deliveries of an event about a commit. */
async function answersFor(headSha: string, event: string): Promise<readonly number[]> {
  await w.github.deliveriesSettled()
  return w.github.deliveries
    .filter(({ message, requestBody }) => message.event === event && requestBody.includes(headSha))
    .map(({ statusCode }) => statusCode)
}

/** That a check says what it is like as long as the fault is there; where it can be written at all. */
function isToldAs(
  kind: Fault['kind'],
  { status, output }: ReturnType<typeof shownCheck>,
  { isWriting, lastsMs }: { readonly isWriting: boolean; readonly lastsMs: number },
): void {
  if (kind === 'rate_limit') {
    assert.equal(status, 'in_progress')
    if (!isWriting) assert.match(output.title ?? '', /^Waiting for the rate limit/)
  } else if (!isWriting && lastsMs > HOUR_MS) {
    assert.equal(status, 'completed')
  }
}

/** Has the check of a commit done again, as its author would who sees how it ended. */
async function rerun(headSha: string): Promise<void> {
  // What GitHub has said about an installation is believed for a minute.
  w.clock.advance(MINUTE_MS)
  await w.heard('check_run', () => {
    w.github.rerequestCheckRun('acme/app', shownCheck(headSha).id)
  })
  await w.run()
}

/** Has the last delivery about a commit delivered again. */
async function redeliver(headSha: string): Promise<void> {
  const last = w.github.deliveries.findLast(({ requestBody }) => requestBody.includes(headSha))
  assert.ok(last)
  await w.heard(last.message.event, () => void w.github.redeliver(last.id))
  await w.run()
}

before(async () => {
  w = await startWorkWorld({ callTimeoutMs: 400 })
})
beforeEach(async () => {
  w.github.clearFaults()
  await w.run()
  // Every call is made each time.
  w.app.forgetRepository({ owner: 'acme', repository: 'app' })
  w.app.forgetOwner('acme')
})
after(() => w.close())

for (const story of STORIES) {
  for (const [call, match] of Object.entries(story.calls)) {
    describe(`${story.name}: ${call}`, () => {
      // That there is no folder is an answer, as long as there is the commit.
      const faults = match === LIST_FOLDER ? FAULTS.filter(({ name }) => name !== 'a 404') : FAULTS
      for (const { name, effect, kind, lastsMs = 3 * HOUR_MS } of faults) {
        test(`gets ${name} once`, async () => {
          w.github.fault({ ...effect, match, times: 1 })
          const head = await story.act()
          await w.run()
          const { status, conclusion, output } = shownCheck(head)
          if (kind === 'refusal' && output.title === NOT_CHECKED) {
            assert.deepEqual([status, conclusion], ['completed', 'failure'])
            await rerun(head)
          }
          isAsItShould(head, story)
        })

        test(`gets ${name} until it is mended`, async () => {
          const mend = w.github.fault({ ...effect, match })
          const head = await story.act()
          await w.run(lastsMs)
          const answers = await answersFor(head, story.event)
          const isMissing = checksOf(head).length === 0
          if (isMissing) assert.ok(answers.length > 0 && answers.every((status) => status >= 500))
          else isToldAs(kind, shownCheck(head), { isWriting: match === CLOSE || match === OPEN, lastsMs })
          mend()
          await w.run()
          if (isMissing) {
            if (checksOf(head).length === 0) await redeliver(head)
          } else if (shownCheck(head).conclusion === null || shownCheck(head).output.title === NOT_CHECKED) {
            await rerun(head)
          }
          isAsItShould(head, story)
        })
      }
    })
  }
}
