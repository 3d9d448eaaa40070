import { startWebhook, startWorld, type BenchRun, type MeasureSection } from '../bench-run.ts'
import { inWords } from '../event-calls.ts'
import { EVENT_SITUATIONS, KNOWLEDGE, type EventSituation, type Knowledge } from '../event-situations.ts'
import type { World } from '../world-process-client.ts'

const SHAPE = { owners: 1, policies: 1, issuers: 1 }

const WORDS: Readonly<Record<Knowledge, string>> = {
  nothing: 'cold owner',
  owner: 'known owner',
  token: 'warm',
}

/** What each kind of event asks of GitHub. */
export const measureEvents: MeasureSection = async (run) => {
  const world = await startWorld(run, SHAPE)
  for (const checks of ['changed', 'always'] as const) {
    const webhook = await startWebhook(run, world, { environment: { STS_CHECKS: checks } })
    for (const situation of EVENT_SITUATIONS.filter((one) => (one.checks ?? 'changed') === checks)) {
      run.progress(situation.name)
      await measureEvent(run, world, situation)
    }
    await webhook.stop()
  }
}

async function measureEvent(run: BenchRun, world: World, { name, calls }: EventSituation): Promise<void> {
  const costs = await world.tell('countEvent', { name })
  for (const knows of KNOWLEDGE) {
    const { calls: made } = costs[knows]
    // A known owner is told apart from a cold one where that makes a difference.
    if (knows === 'owner' && calls.owner === calls.nothing && made.length === costs.nothing.calls.length)
      continue
    run.report({
      section: 'events',
      name: `${name}: ${WORDS[knows]}`,
      value: made.length,
      unit: '',
      target: { atMost: calls[knows] },
      ...(made.length > 0 && { note: inWords(made) }),
    })
  }
}
