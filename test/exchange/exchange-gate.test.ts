import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createExchangeGate, type ExchangeGate } from '../../pkg/exchange/exchange-gate.ts'

const ISSUER = 'https://issuer.example.com'
const REFUSED = { reason: 'overloaded', retryAfterMs: 1_000 }

/** Lets in as many as may. */
function fill(
  gate: ExchangeGate,
  issuerOf: (number: number) => string,
  isStranger: boolean,
): readonly (() => void)[] {
  const inside: (() => void)[] = []
  for (let number = 0; number < 5_000; number++) {
    try {
      inside.push(gate.enter(issuerOf(number), isStranger))
    } catch {
      // Full for this one.
    }
  }
  return inside
}

describe('exchanges in flight', () => {
  test('are at most 500 of one issuer, and leave the others alone', () => {
    const gate = createExchangeGate()
    assert.equal(fill(gate, () => ISSUER, false).length, 500)
    assert.throws(() => gate.enter(ISSUER, false), REFUSED)
    gate.enter(`${ISSUER}/other`, false)
  })

  test('are at most 1,000 of strangers, however many issuers they run', () => {
    const gate = createExchangeGate()
    assert.equal(fill(gate, (number) => `${ISSUER}/${number}`, true).length, 1_000)
    assert.throws(() => gate.enter(`${ISSUER}/new`, true), REFUSED)
    gate.enter(ISSUER, false)
  })

  test('are at most 2,000 in all', () => {
    const gate = createExchangeGate()
    assert.equal(fill(gate, (number) => `${ISSUER}/${number}`, false).length, 2_000)
    assert.throws(() => gate.enter(ISSUER, false), REFUSED)
  })

  test('make room when they end, and those who were refused take none', () => {
    const gate = createExchangeGate()
    for (let round = 0; round < 3; round++) {
      const inside = fill(gate, () => ISSUER, true)
      assert.equal(inside.length, 500)
      for (const leave of inside) leave()
    }
    assert.equal(fill(gate, (number) => `${ISSUER}/${number}`, true).length, 1_000)
  })
})
