import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  createRateLimits,
  INSTALLATIONS_MAX,
  RATE_LIMIT_SHOWN_MS,
} from '../../../pkg/telemetry/metric/rate-limits.ts'
import { runTelemetry } from '../support/running-telemetry.ts'

const STATE = { app: '1', remaining: 10, limit: 5_000 }

describe('createRateLimits', () => {
  it('shows what was said last of each installation of each app', () => {
    const limits = createRateLimits(() => 0)
    limits.see({ ...STATE, installation: 1 })
    limits.see({ ...STATE, installation: 2 })
    limits.see({ ...STATE, installation: 1, remaining: 9 })
    limits.see({ ...STATE, app: '2', installation: 1, remaining: 8 })
    const shown = [...limits.shown()].map(({ labels: { app, installation }, remaining }) => [
      app,
      installation,
      remaining,
    ])
    assert.deepEqual(shown, [
      ['1', '2', 10],
      ['1', '1', 9],
      ['2', '1', 8],
    ])
  })

  it('forgets an installation that was not seen for an hour, and only then', () => {
    let now = 0
    const limits = createRateLimits(() => now)
    limits.see({ ...STATE, installation: 1 })
    now = RATE_LIMIT_SHOWN_MS
    assert.equal([...limits.shown()].length, 1)
    limits.see({ ...STATE, installation: 2 })
    now += 1
    assert.deepEqual(
      [...limits.shown()].map(({ labels }) => labels['installation']),
      ['2'],
    )
  })

  it('keeps those that were seen last when there are too many', () => {
    const limits = createRateLimits(() => 0)
    for (let installation = 1; installation <= INSTALLATIONS_MAX; installation += 1) {
      limits.see({ ...STATE, installation })
    }
    limits.see({ ...STATE, installation: 1 })
    limits.see({ ...STATE, installation: INSTALLATIONS_MAX + 1 })
    const shown = new Set([...limits.shown()].map(({ labels }) => labels['installation']))
    assert.equal(shown.size, INSTALLATIONS_MAX)
    assert.equal(shown.has('1'), true)
    assert.equal(shown.has('2'), false)
  })

  it('no longer appears in a scrape after an hour', async (test) => {
    let now = 1_700_000_000_000
    const { telemetry } = await runTelemetry(test, { now: () => now })
    telemetry.metrics.rateLimitSeen({ ...STATE, installation: 1 })
    assert.match(
      (await telemetry.scrape()) ?? '',
      /sts_github_rate_limit_remaining\{app="1",installation="1"\} 10/,
    )
    now += RATE_LIMIT_SHOWN_MS + 1
    assert.doesNotMatch((await telemetry.scrape()) ?? '', /sts_github_rate_limit/)
  })
})
