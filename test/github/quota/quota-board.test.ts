import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createGitHubLimits, type AppCandidate, type CallEvent, type GitHubLimits } from '#pkg/github'
import { eventOf } from '../support/call-event.ts'

const START = Date.parse('2026-08-01T12:00:00Z')
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const APP = { appId: '7', installationId: 71 } as const
const FIGURE = { limit: 5_000, remaining: 4_000, resetAt: START + 30 * MINUTE_MS } as const

interface Limits extends GitHubLimits {
  at: (ms: number) => void
  see: (event?: Partial<CallEvent>) => void
  remaining: () => number | undefined
}

function limitsAt(time = START): Limits {
  let now = time
  const limits = createGitHubLimits({ now: () => now, secondary: false })
  return {
    ...limits,
    at: (ms) => {
      now = START + ms
    },
    see: (event) => {
      limits.observe(eventOf({ ...APP, quota: FIGURE, ...event }))
    },
    remaining: () => limits.quotaOf(APP.installationId)?.remaining,
  }
}

describe('what is left of an installation', () => {
  it('is what the last answer to one of its tokens said', () => {
    const limits = limitsAt()
    assert.equal(limits.quotaOf(71), undefined)
    limits.see()
    assert.deepEqual(limits.quotaOf(71), { ...APP, ...FIGURE, seenAt: START })
    limits.see({ quota: { ...FIGURE, remaining: 3_999 } })
    assert.equal(limits.remaining(), 3_999)
    assert.equal(limits.quotaOf(72), undefined)
  })

  it('is one request less for each token made since, which is not told to others', async () => {
    const limits = limitsAt()
    limits.see({ quota: { ...FIGURE, remaining: 2 } })
    const spend = { pause: () => Promise.resolve(), signal: new AbortController().signal }
    for (const left of [1, 0, 0]) {
      await limits.spend('mint', 71, spend)
      await limits.spend('content', 71, spend)
      assert.equal(limits.remaining(), left)
    }
    assert.equal(limits.quotas()[0]?.remaining, 2)
    limits.see({ quota: { ...FIGURE, remaining: 1 } })
    assert.equal(limits.remaining(), 1)
  })

  it('is not learnt from an answer to the App itself', () => {
    const limits = limitsAt()
    limits.see({ installationId: undefined })
    assert.deepEqual(limits.quotas(), [])
  })

  it('is unknown 5 minutes after it was seen, and at its reset', () => {
    const limits = limitsAt()
    limits.see()
    limits.at(5 * MINUTE_MS - 1)
    assert.equal(limits.remaining(), 4_000)
    limits.at(5 * MINUTE_MS)
    assert.equal(limits.remaining(), undefined)
    assert.deepEqual(limits.quotas(), [])
    limits.at(30 * MINUTE_MS - 1)
    limits.see()
    assert.equal(limits.remaining(), 4_000)
    limits.at(30 * MINUTE_MS)
    assert.equal(limits.remaining(), undefined)
  })

  it('is not spoilt by what cannot be true', () => {
    for (const lie of [
      { remaining: 5_001 },
      { remaining: -1 },
      { remaining: 1.5 },
      { limit: 0 },
      { limit: Number.NaN },
      { limit: 10_000_001, remaining: 10_000_001 },
      { resetAt: START + 2 * HOUR_MS },
      { resetAt: -1 },
    ]) {
      const limits = limitsAt()
      limits.see()
      limits.see({ quota: { ...FIGURE, ...lie } })
      assert.equal(limits.remaining(), 4_000, JSON.stringify(lie))
    }
  })

  it('is remembered for 10,000 installations, those that were seen last', () => {
    const limits = limitsAt()
    for (let installationId = 1; installationId <= 10_001; installationId++) limits.see({ installationId })
    assert.equal(limits.quotas().length, 10_000)
    assert.equal(limits.quotaOf(1), undefined)
    assert.notEqual(limits.quotaOf(2), undefined)
  })
})

describe('what other processes have seen', () => {
  const isApp = ({ appId, installationId }: AppCandidate): boolean =>
    appId === APP.appId && installationId === APP.installationId
  const seen = { ...APP, ...FIGURE, remaining: 3_000, seenAt: START + 1_000 }

  it('counts when it is newer and of a known installation', () => {
    const limits = limitsAt()
    limits.see()
    limits.at(2_000)
    limits.adopt([seen], isApp)
    assert.equal(limits.remaining(), 3_000)
    limits.adopt([{ ...seen, remaining: 3_500, seenAt: START + 999 }], isApp)
    assert.equal(limits.remaining(), 3_000)
  })

  it('goes from one process to another', () => {
    const [one, other] = [limitsAt(), limitsAt()]
    one.see()
    other.adopt(JSON.parse(JSON.stringify(one.quotas())) as unknown[], isApp)
    assert.deepEqual(other.quotas(), one.quotas())
  })

  for (const [what, quota] of [
    ['an unknown installation', { ...seen, installationId: 72 }],
    ['an installation of another App', { ...seen, appId: '8' }],
    ['the future', { ...seen, seenAt: START + 1 * MINUTE_MS }],
    ['a window longer than an hour', { ...seen, resetAt: START + 2 * HOUR_MS }],
    ['text for a number', { ...seen, remaining: '3000' }],
    ['a missing member', { ...seen, limit: undefined }],
    ['nothing', undefined],
    ['a list', []],
  ] as const) {
    it(`does not count with ${what}`, () => {
      const limits = limitsAt()
      limits.at(2_000)
      limits.adopt([quota], isApp)
      assert.deepEqual(limits.quotas(), [])
    })
  }

  it('does not outlive what is seen afterwards when its clock runs ahead', () => {
    const limits = limitsAt()
    limits.adopt([{ ...seen, seenAt: START + 4_000 }], isApp)
    assert.equal(limits.quotaOf(71)?.seenAt, START)
    limits.see({ quota: { ...FIGURE, remaining: 2_000 } })
    assert.equal(limits.remaining(), 2_000)
  })
})
