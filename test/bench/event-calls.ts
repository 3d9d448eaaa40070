import { setTimeout as delay } from 'node:timers/promises'
import type { Call, GitHubEmulator } from '../../emulator/index.ts'
import {
  ASKING_FILES,
  FOLDER,
  NAMED_REPOSITORIES,
  OTHER_REPOSITORY,
  POLICY_FILES,
  type CallWord,
  type EventSituation,
  type Knowledge,
} from './event-situations.ts'

/** Where deliveries go, and what they are signed with. */
export interface Webhook {
  readonly url: string
  readonly secret: string
}

/** What one event has cost, and what has come of it. */
export interface EventCost {
  /** In the order of their arrival; operations without a word by their ids. */
  readonly calls: readonly string[]
  /** Of the last check run on the repository; null: there is none, or it is not concluded. */
  readonly conclusion: string | null
}

export type EventCosts = Readonly<Record<Knowledge, EventCost>>

/** Has events happen in a GitHub, and counts what a webhook asks of it. */
export type CountEventCalls = (situation: EventSituation, webhook: Webhook) => Promise<EventCosts>

const WORDS: Readonly<Record<string, CallWord>> = {
  'apps/create-installation-access-token': 'mint',
  'apps/get-repo-installation': 'find installation',
  'apps/revoke-installation-access-token': 'revoke',
  'checks/create': 'open',
  'checks/update': 'close',
  'repos/compare-commits-with-basehead': 'compare',
  'repos/get-content': 'read',
}

/** The webhook asks these by itself, whatever happens. */
const HOUSEKEEPING: ReadonlySet<string | undefined> = new Set([
  'apps/get-authenticated',
  'apps/list-webhook-deliveries',
])

/** A token that is of no more use may be revoked after the delivery has been answered. */
const LATE_MAX_MS = 5_000
const QUIET_MS = 30
const POLL_MS = 5

/** Makes a counter for an App that has the permissions and the events that the webhook needs. */
export function createEventCounter(github: GitHubEmulator, app: { readonly id: number }): CountEventCalls {
  let names = 0
  const newName = (what: string): string => `${what}-${++names}`

  /** The owner has the repository, and others. */
  function addOwner(repository: string): string {
    const owner = newName('owner')
    github.addOrganization(owner)
    for (const name of [repository, ...NAMED_REPOSITORIES]) {
      github.addRepository({ owner, name, files: POLICY_FILES })
    }
    github.install({ app, account: owner })
    return owner
  }

  /** One event, of which the webhook sees nothing but the event itself. */
  async function cost(
    situation: EventSituation,
    repository: string,
    webhook: Webhook,
    knows: Knowledge,
  ): Promise<EventCost> {
    const branch = newName('branch')
    github.setWebhook(app, undefined)
    github.push({ repository, branch, files: { 'branch.txt': branch } })
    const begin = situation.prepare({ github, repository, branch })
    github.setWebhook(app, webhook)
    github.clearCalls()
    begin()
    await github.deliveriesSettled()
    await untilQuiet(situation.calls[knows])
    const run = github.findRepository(repository)?.checkRuns.at(-1)
    return { calls: eventCalls(github.calls).map(wordFor), conclusion: run?.conclusion ?? null }
  }

  async function untilQuiet(expected: number): Promise<void> {
    const deadline = Date.now() + LATE_MAX_MS
    while (eventCalls(github.calls).length < expected && Date.now() < deadline) await delay(POLL_MS)
    await delay(QUIET_MS)
  }

  return async (situation, webhook) => {
    const name = situation.isInPolicyRepository === true ? '.github' : 'app'
    github.setWebhook(app, undefined)
    const [unknown, known] = [addOwner(name), addOwner(name)]
    const nothing = await cost(situation, `${unknown}/${name}`, webhook, 'nothing')
    github.push({ repository: `${known}/${OTHER_REPOSITORY}`, branch: 'other', files: ASKING_FILES })
    await github.deliveriesSettled()
    const owner = await cost(situation, `${known}/${name}`, webhook, 'owner')
    const token = await cost(situation, `${known}/${name}`, webhook, 'token')
    return { nothing, owner, token }
  }
}

/** Words in their order, repetitions counted: `open, 20 read, close`. */
export function inWords(calls: readonly string[]): string {
  const parts: string[] = []
  for (let at = 0; at < calls.length;) {
    const word = calls[at] ?? ''
    const from = at
    while (calls[at] === word) at++
    parts.push(at - from === 1 ? word : `${at - from} ${word}`)
  }
  return parts.join(', ')
}

function eventCalls(calls: readonly Call[]): readonly Call[] {
  return calls.filter(({ operation }) => !HOUSEKEEPING.has(operation))
}

function wordFor({ operation = 'unknown', path }: Call): string {
  const word = WORDS[operation] ?? operation
  const isFolder = word === 'read' && path.split('?')[0]?.endsWith(`/contents/${FOLDER}`) === true
  return isFolder ? 'list' : word
}
