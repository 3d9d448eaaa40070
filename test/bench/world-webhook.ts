import { setTimeout as delay } from 'node:timers/promises'
import type { Delivery, GitHubEmulator } from '../../emulator/index.ts'
import type { RoundAnswer } from './delivery-round.ts'
import { createEventCounter, type Webhook } from './event-calls.ts'
import { EVENT_SITUATIONS } from './event-situations.ts'
import type { WorldCommands } from './world-commands.ts'

const POLL_MS = 5
const START_MAX_MS = 20_000

type Handler<Kind extends keyof WorldCommands> = (
  argument: WorldCommands[Kind]['argument'],
) => Promise<WorldCommands[Kind]['answer']>

/** The commands that have to do with a webhook. */
export interface WebhookHandlers {
  readonly connectWebhook: Handler<'connectWebhook'>
  readonly pushChanges: Handler<'pushChanges'>
  readonly countEvent: Handler<'countEvent'>
}

/** A change of a file. */
export interface FileChange {
  /** `owner/name`. */
  readonly repository: string
  readonly path: string
  readonly text: string
}

/** @param changeOf - gives another text for the policy with a number. */
export function createWebhookHandlers(
  github: GitHubEmulator,
  app: { readonly id: number },
  changeOf: (policy: number) => FileChange,
): WebhookHandlers {
  const countEventCalls = createEventCounter(github, app)
  let connected: Webhook | undefined
  let rounds = 0

  function hasSucceeded(repository: string, commit: string): boolean {
    const runs = github.findRepository(repository)?.checkRuns.filter(({ suite }) => suite.headSha === commit)
    return runs?.length === 1 && runs[0]?.conclusion === 'success'
  }

  return {
    async connectWebhook({ webhook, callsAtStart }) {
      const deadline = Date.now() + START_MAX_MS
      while (github.calls.filter(({ endedAt }) => endedAt !== null).length < callsAtStart) {
        if (Date.now() > deadline) throw new Error('the webhook does not ask what it asks at its start')
        await delay(POLL_MS)
      }
      github.setWebhook(app, webhook)
      connected = webhook
      return undefined
    },
    async pushChanges({ policies }) {
      const branch = `round-${++rounds}`
      const firstId = (github.deliveries.at(-1)?.id ?? 0) + 1
      const pushes = policies.map((policy) => {
        const { repository, path, text } = changeOf(policy)
        // A branch of its own: pushes to the same one would supersede each other.
        const { after } = github.push({ repository, branch: `${branch}-${policy}`, files: { [path]: text } })
        return { repository, after }
      })
      await github.deliveriesSettled()
      const deliveries = github.deliveries.filter(({ id }) => id >= firstId)
      return {
        answers: deliveries.filter(({ message }) => message.event === 'push').map(answerOf),
        succeeded: pushes.filter(({ repository, after }) => hasSucceeded(repository, after)).length,
        deliveries: deliveries.length,
      }
    },
    async countEvent({ name }) {
      const situation = EVENT_SITUATIONS.find((one) => one.name === name)
      if (situation === undefined || connected === undefined) throw new Error(`nothing is known of ${name}`)
      return await countEventCalls(situation, connected)
    },
  }
}

function answerOf({ deliveredAt, durationMs, statusCode }: Delivery): RoundAnswer {
  return { sentAt: deliveredAt - durationMs, answeredAt: deliveredAt, status: statusCode }
}
