import assert from 'node:assert/strict'
import { test } from 'node:test'

import { DEFAULT_LIMITS } from '#pkg/transport'

test('the limits are those that are promised', () => {
  assert.deepEqual(DEFAULT_LIMITS, {
    headerBytes: 32_768,
    bodyBytes: 65_536,
    bearerBytes: 16_384,
    headersMs: 5_000,
    requestMs: 30_000,
    firstRequestMs: 10_000,
    deliveryMs: 5_000,
    idleMs: 620_000,
    probeMs: 60_000,
    probeTimeoutMs: 20_000,
    ageMs: 3_600_000,
    ageGraceMs: 35_000,
    connections: 16_384,
    streams: 100,
    sessionMegabytes: 10,
  })
})
