import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createGitHubLimits } from '#pkg/github'
import { because } from './support/world.ts'

const LONG_MS = 60_000

interface Call {
  readonly owner?: string
  readonly refusable?: boolean
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** A gate, full unless said otherwise, and the names of those that waited and began, in their order. */
function gateWith({ full = true } = {}) {
  let now = 0
  const { gate } = createGitHubLimits({ now: () => now, secondary: false })
  const begun: string[] = []
  const enter = ({ owner, refusable = true, timeoutMs = LONG_MS, signal }: Call = {}) =>
    gate.enter({ owner, refusable, timeoutMs, signal: signal ?? new AbortController().signal })
  if (full) for (let call = 0; call < 100; call++) assert.equal(enter(), undefined)
  return {
    gate,
    begun,
    enter,
    wait: (name: string, call: Call): Promise<void> =>
      Promise.resolve(enter(call)).then(() => void begun.push(name)),
    advance: (ms: number) => {
      now += ms
    },
    /** Ends so many calls. */
    leave: async (count: number): Promise<void> => {
      for (let call = 0; call < count; call++) gate.leave()
      await new Promise(setImmediate)
    },
  }
}

describe('the gate before GitHub', () => {
  it('lets 100 calls through at once, and each end begins one that waits', async () => {
    const { gate, begun, wait, leave } = gateWith()
    void wait('101st', {})
    assert.deepEqual([gate.inFlight, gate.waiting], [100, 1])
    await leave(1)
    assert.deepEqual(begun, ['101st'])
    assert.deepEqual([gate.inFlight, gate.waiting], [100, 0])
    await leave(100)
    assert.equal(gate.inFlight, 0)
  })

  it('has owners take turns, whatever their numbers and the case of their names', async () => {
    const { begun, wait, leave } = gateWith()
    for (let n = 1; n <= 4; n++) void wait(`busy ${n}`, { owner: n % 2 === 0 ? 'Busy' : 'busy' })
    void wait('calm 1', { owner: 'calm' })
    void wait('none 1', {})
    void wait('calm 2', { owner: 'calm' })
    await leave(7)
    assert.deepEqual(begun, ['busy 1', 'calm 1', 'none 1', 'busy 2', 'calm 2', 'busy 3', 'busy 4'])
  })

  it('has an owner who was just served stand behind the others, and before their second turn', async () => {
    const { begun, wait, leave } = gateWith()
    void wait('a 1', { owner: 'a' })
    void wait('b 1', { owner: 'b' })
    void wait('b 2', { owner: 'b' })
    await leave(1)
    void wait('a 2', { owner: 'a' })
    await leave(3)
    assert.deepEqual(begun, ['a 1', 'b 1', 'a 2', 'b 2'])
  })

  it('refuses more than 1,000 waiting for one owner, and has room for another', async () => {
    const { gate, wait, enter, leave } = gateWith()
    for (let n = 0; n < 1_000; n++) void wait('busy', { owner: 'busy' })
    assert.throws(() => enter({ owner: 'busy' }), { reason: 'overloaded', retryAfterMs: 1_000 })
    void wait('calm', { owner: 'calm' })
    assert.equal(gate.waiting, 1_001)
    await leave(1_001)
  })

  it('refuses more than 4,000 waiting in all, but nothing that must not be lost', async () => {
    const { gate, begun, wait, enter, leave } = gateWith()
    for (let n = 0; n < 4_000; n++) void wait('many', { owner: String(n) })
    assert.throws(() => enter({ owner: 'last' }), because('overloaded'))
    for (let n = 0; n < 1_500; n++) void wait('revoke', { refusable: false })
    assert.equal(gate.waiting, 5_500)
    await leave(5_500)
    assert.equal(begun.length, 5_500)
    void wait('last', { owner: 'last' })
    await leave(1)
    assert.equal(begun.at(-1), 'last')
  })

  it('is left at once by a caller that goes, who takes nobody’s turn', async () => {
    const { gate, begun, wait, leave } = gateWith()
    const caller = new AbortController()
    const gone = wait('gone', { owner: 'a', signal: caller.signal })
    void wait('next', { owner: 'b' })
    const reason = new Error('gone')
    caller.abort(reason)
    assert.equal(gate.waiting, 1)
    await assert.rejects(gone, reason)
    await leave(1)
    assert.deepEqual(begun, ['next'])
  })

  it('forgets a caller whose turn has come', async () => {
    const { gate, begun, wait, leave } = gateWith()
    const caller = new AbortController()
    void wait('begun', { signal: caller.signal })
    void wait('next', {})
    await leave(1)
    caller.abort(new Error('gone'))
    assert.equal(gate.waiting, 1)
    await leave(1)
    assert.deepEqual(begun, ['begun', 'next'])
  })

  it('does not queue a caller that has gone', () => {
    const { gate, enter } = gateWith()
    assert.throws(() => enter({ signal: AbortSignal.abort(new Error('gone')) }), /gone/)
    assert.equal(gate.waiting, 0)
  })

  it('ends a wait that takes all of the time', async () => {
    const { gate, enter, leave } = gateWith()
    await assert.rejects(Promise.resolve(enter({ timeoutMs: 5 })), because('github_timeout'))
    assert.equal(gate.waiting, 0)
    await leave(100)
    assert.equal(gate.inFlight, 0)
  })

  it('leaves a call the rest of its time', async () => {
    const { enter, advance, leave } = gateWith()
    const left = enter({ timeoutMs: LONG_MS })
    const none = enter({ timeoutMs: LONG_MS })
    advance(LONG_MS - 1_000)
    await leave(1)
    assert.equal(await left, 1_000)
    // A clock that was set on must not make it endless.
    advance(LONG_MS)
    await leave(1)
    assert.equal(await none, 1)
  })
})
