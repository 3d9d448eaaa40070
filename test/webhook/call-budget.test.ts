import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createEventCounter, type CountEventCalls, type Webhook } from '../bench/event-calls.ts'
import { EVENT_SITUATIONS, KNOWLEDGE } from '../bench/event-situations.ts'
import { SECRET, startWebhookWorld, type WebhookWorld } from './support/webhook-world.ts'

for (const checks of [undefined, 'always'] as const) {
  describe(`the calls of the webhook${checks === undefined ? '' : `, STS_CHECKS=${checks}`}`, () => {
    let w: WebhookWorld
    let webhook: Webhook
    let count: CountEventCalls

    before(async () => {
      w = await startWebhookWorld(checks === undefined ? {} : { environment: { STS_CHECKS: checks } })
      webhook = { url: w.url, secret: SECRET }
      count = createEventCounter(w.github, w.world.app)
    })
    after(() => w.close())

    for (const situation of EVENT_SITUATIONS.filter((one) => one.checks === checks)) {
      it(`${situation.name}: ${KNOWLEDGE.map((knows) => situation.calls[knows]).join(', ')}`, async () => {
        const costs = await count(situation, webhook)
        // Some are asked at the same time.
        assert.deepEqual(costs.token.calls.toSorted(), situation.warm.toSorted())
        for (const knows of KNOWLEDGE) {
          assert.equal(
            costs[knows].calls.length,
            situation.calls[knows],
            `${knows}: ${costs[knows].calls.join()}`,
          )
          assert.equal(costs[knows].conclusion, situation.conclusion)
        }
      })
    }
  })
}
