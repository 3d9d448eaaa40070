import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  createBackgroundDelivery,
  type BackgroundDelivery,
} from '../../pkg/audit/event/background-delivery.ts'
import type { Delivery, DropCause } from '../../pkg/audit/event/delivery.ts'
import { createPendingEvent, type PendingEvent } from '../../pkg/audit/event/pending-event.ts'
import { createTroubleLog } from '../../pkg/audit/event/trouble-log.ts'
import { captureLog, type CapturedLog } from './support/log-capture.ts'
import { DENIED, GRANTED } from './support/records.ts'
import { createSimulatedClock, type SimulatedClock } from './support/simulated-clock.ts'

const TAKEN: Delivery = { kind: 'taken' }
const DOWN: Delivery = { kind: 'failed', problem: 'network' }
const ERROR_500: Delivery = { kind: 'failed', problem: 'status', status: 500 }
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

type Behaviour = (event: PendingEvent, signal: AbortSignal) => Delivery | Promise<Delivery>

interface World {
  readonly delivery: BackgroundDelivery
  readonly clock: SimulatedClock
  readonly log: CapturedLog
  /** Request ids of what the receiver took, in order. */
  readonly taken: string[]
  /** When each attempt was made. */
  readonly attempts: number[]
  readonly mostAtOnce: () => number
  readonly drops: Map<DropCause, number>
  behave: Behaviour
  readonly offer: (kind: 'grant' | 'denial', requestId: string) => void
}

function createWorld(behave: Behaviour): World {
  const clock = createSimulatedClock()
  const log = captureLog(() => clock.now())
  const drops = new Map<DropCause, number>()
  let atOnce = 0
  let mostAtOnce = 0
  const trouble = createTroubleLog({
    logger: log.logger,
    name: 'events',
    depth: () => world.delivery.depth,
    now: () => clock.now(),
  })
  const delivery = createBackgroundDelivery({
    clock,
    random: () => 0.5,
    trouble,
    onDrop: (cause) => {
      trouble.dropped(cause)
      drops.set(cause, (drops.get(cause) ?? 0) + 1)
    },
    async send(event, signal) {
      world.attempts.push(clock.now())
      mostAtOnce = Math.max(mostAtOnce, ++atOnce)
      const result = await world.behave(event, signal)
      atOnce--
      if (result.kind === 'taken') world.taken.push(requestIdOf(event))
      return result
    },
  })
  const world: World = {
    delivery,
    clock,
    log,
    taken: [],
    attempts: [],
    mostAtOnce: () => mostAtOnce,
    drops,
    behave,
    offer(kind, requestId) {
      const record = kind === 'grant' ? GRANTED : DENIED
      delivery.offer(kind, () => createPendingEvent({ ...record, requestId }, 'sts.acme.test'))
    },
  }
  return world
}

function requestIdOf({ data }: PendingEvent): string {
  return (JSON.parse(data) as { readonly request_id: string }).request_id
}

/** Behaves as the promise that it gives says, when it is known. */
function slowly(clock: () => SimulatedClock, ms: number, result: Delivery): Behaviour {
  return (_, signal) =>
    new Promise((resolve) => {
      clock().after(ms, () => {
        resolve(result)
      })
      signal.addEventListener('abort', () => {
        resolve({ kind: 'failed', problem: 'aborted' })
      })
    })
}

/** Closes it, with nothing of the grace left in the end. */
async function end({ delivery, clock }: World, graceMs = 0): Promise<void> {
  const closed = delivery.close(graceMs)
  await clock.pass(0)
  await closed
}

describe('background delivery', () => {
  test('sends at once, several at a time and at most eight', async () => {
    const world = createWorld(slowly(() => world.clock, 1_000, TAKEN))
    for (let index = 0; index < 20; index++) world.offer('denial', `d-${index}`)
    await world.clock.pass(500)
    assert.equal(world.attempts.length, 8)
    await world.clock.pass(3_000)
    assert.equal(world.taken.length, 20)
    assert.equal(world.mostAtOnce(), 8)
    assert.equal(world.delivery.depth, 0)
    assert.equal(world.clock.timers, 0)
  })

  test('sends grants before denials that came earlier', async () => {
    const world = createWorld(slowly(() => world.clock, 1_000, TAKEN))
    for (let index = 0; index < 16; index++) world.offer('denial', `d-${index}`)
    for (let index = 0; index < 8; index++) world.offer('grant', `g-${index}`)
    await world.clock.pass(10_000)
    assert.equal(world.taken.map((id) => id[0]).join(''), 'ddddddddggggggggdddddddd')
  })

  for (const [name, down] of [
    ['is down', DOWN],
    ['answers 500', ERROR_500],
  ] as const) {
    test(`a receiver that ${name} for an hour of a flood costs no grant, and bounded memory`, async () => {
      const world = createWorld(() => down)
      let mostWaiting = 0
      for (let minute = 0; minute < 59; minute++) {
        for (let index = 0; index < 500; index++) world.offer('denial', `d-${minute}-${index}`)
        for (let index = 0; index < 5; index++) world.offer('grant', `g-${minute}-${index}`)
        await world.clock.pass(MINUTE_MS)
        mostWaiting = Math.max(mostWaiting, world.delivery.depth)
      }
      assert.ok(mostWaiting <= 2_000 + 59 * 5, `${mostWaiting} waited`)
      assert.equal(world.drops.get('full'), 59 * 500 - 2_000)
      // One attempt at a time, at growing intervals: a receiver that recovers is not met by a storm.
      assert.ok(world.attempts.length < 300, `${world.attempts.length} attempts`)
      const [began, ...still] = world.log.messages()
      assert.equal(began, 'events are not delivered')
      assert.ok(still.length <= 60 && still.every((message) => message === 'events are still not delivered'))
      const counted = world.log.lines.reduce((sum, line) => sum + Number(line['dropped']), 0)
      assert.ok(counted > 25_000, 'the lines count what was dropped')

      world.behave = () => TAKEN
      await world.clock.pass(MINUTE_MS)
      assert.equal(world.taken.filter((id) => id.startsWith('g')).length, 59 * 5)
      assert.equal(world.delivery.depth, 0)
      assert.equal(world.log.messages().at(-1), 'events are delivered again')
    })
  }

  test('a receiver that is slow for an hour of a flood costs no grant', async () => {
    const world = createWorld(slowly(() => world.clock, 5_000, TAKEN))
    for (let minute = 0; minute < 60; minute++) {
      for (let index = 0; index < 200; index++) world.offer('denial', `d-${minute}-${index}`)
      for (let index = 0; index < 5; index++) world.offer('grant', `g-${minute}-${index}`)
      await world.clock.pass(MINUTE_MS)
      const grants = world.taken.filter((id) => id.startsWith('g')).length
      assert.equal(grants, 5 * (minute + 1), 'grants do not wait for denials')
    }
    assert.deepEqual([...world.drops.keys()], ['full'])
    await end(world)
  })

  test('bytes are bounded too', async () => {
    const world = createWorld(() => DOWN)
    const record = {
      ...DENIED,
      detail: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`n${i}`, 'x'.repeat(4_000)])),
    }
    for (let index = 0; index < 100; index++) {
      world.delivery.offer('denial', () => createPendingEvent(record, 'sts.acme.test'))
    }
    await world.clock.pass(1)
    assert.ok(world.delivery.depth > 20 && world.delivery.depth < 40, `${world.delivery.depth} waiting`)
    assert.equal(world.drops.get('full'), 100 - world.delivery.depth)
  })

  test('makes no event for which there is no room', async () => {
    const world = createWorld(() => DOWN)
    for (let index = 0; index < 2_000; index++) world.offer('denial', `d-${index}`)
    world.delivery.offer('denial', () => {
      throw new Error('made')
    })
    assert.equal(world.drops.get('full'), 1)
    await end(world)
  })

  test('an event that nobody took for an hour is dropped, and makes room', async () => {
    const world = createWorld(() => DOWN)
    for (let index = 0; index < 2_000; index++) world.offer('denial', `d-${index}`)
    await world.clock.pass(HOUR_MS + MINUTE_MS)
    world.behave = () => TAKEN
    world.offer('denial', 'new')
    await world.clock.pass(MINUTE_MS)
    assert.deepEqual(world.taken, ['new'])
    assert.equal(world.drops.get('too_old'), 2_000)
  })

  test('an event that the receiver refuses is dropped at once, and keeps no other from going', async () => {
    const world = createWorld((event) =>
      requestIdOf(event) === 'bad' ? { kind: 'refused', status: 400 } : TAKEN,
    )
    for (const id of ['bad', 'good', 'better']) world.offer('grant', id)
    await world.clock.pass(1)
    assert.deepEqual(world.taken, ['good', 'better'])
    assert.deepEqual([...world.drops], [['refused', 1]])
  })

  test('an event that the receiver always fails on keeps no other from going', async () => {
    const world = createWorld((event) => (requestIdOf(event) === 'bad' ? ERROR_500 : TAKEN))
    world.offer('grant', 'bad')
    for (let index = 0; index < 100; index++) world.offer('grant', `g-${index}`)
    await world.clock.pass(MINUTE_MS)
    assert.equal(world.taken.length, 100)
    assert.equal(world.delivery.depth, 1)
    assert.ok(world.log.lines.length <= 4, 'trouble that comes and goes stays quiet')
    await end(world)
  })

  const WAITS: readonly (readonly [retryAfterMs: number | undefined, atLeast: number, atMost: number])[] = [
    [undefined, 125, 250],
    [20_000, 20_000, 20_000],
    [24 * HOUR_MS, 5 * MINUTE_MS, 5 * MINUTE_MS],
  ]
  for (const [retryAfterMs, atLeast, atMost] of WAITS) {
    test(`waits ${atLeast} to ${atMost} ms when asked for ${String(retryAfterMs)}`, async () => {
      const world = createWorld(() => ({ ...ERROR_500, retryAfterMs }))
      world.offer('grant', 'g')
      await world.clock.pass(0)
      world.behave = () => TAKEN
      await world.clock.pass(10 * MINUTE_MS)
      const [first = 0, second = 0] = world.attempts
      assert.ok(second - first >= atLeast && second - first <= atMost, `${second - first} ms`)
    })
  }

  describe('at the end', () => {
    test('delivers what waits, in the middle of a pause too', async () => {
      const world = createWorld(() => ({ ...ERROR_500, retryAfterMs: MINUTE_MS }))
      for (let index = 0; index < 50; index++) world.offer('denial', `d-${index}`)
      await world.clock.pass(10)
      world.behave = slowly(() => world.clock, 10, TAKEN)
      let ended = false
      const closed = world.delivery.close(2_000).then(() => (ended = true))
      await world.clock.pass(1_000)
      assert.equal(ended, true, 'does not wait longer than it has to')
      await closed
      assert.equal(world.taken.length, 50)
      assert.equal(world.drops.size, 0)
      assert.equal(world.clock.timers, 0)
    })

    test('drops what a silent receiver has not taken in time, and counts it', async () => {
      const world = createWorld(slowly(() => world.clock, HOUR_MS, TAKEN))
      for (let index = 0; index < 20; index++) world.offer('denial', `d-${index}`)
      const closed = world.delivery.close(2_000)
      await world.clock.pass(2_000)
      await closed
      assert.equal(world.drops.get('closed'), 20)
      assert.equal(world.delivery.depth, 0)
      world.offer('grant', 'late')
      assert.equal(world.drops.get('closed'), 21)
    })

    test('is at once when there is nothing', async () => {
      const world = createWorld(() => TAKEN)
      await end(world, HOUR_MS)
      assert.equal(world.clock.timers, 0)
    })
  })
})
