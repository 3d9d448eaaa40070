import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { configOf, errorsOf, type Changes } from './support/environment.ts'

describe('the events of a configuration', () => {
  const rows: readonly (readonly [changes: Changes, events: unknown])[] = [
    [{}, undefined],
    [{ EVENT_INGRESS_URI: '' }, undefined],
    [{ STS_EVENT_AUTH: 'google', STS_EVENT_DELIVERY: 'best_effort' }, undefined],
    [
      { EVENT_INGRESS_URI: 'https://broker.test' },
      { target: 'https://broker.test', auth: undefined, required: false },
    ],
    [
      { EVENT_INGRESS_URI: 'http://10.0.0.1/in?a=b', STS_EVENT_AUTH: 'none' },
      { target: 'http://10.0.0.1/in?a=b', auth: 'none', required: false },
    ],
    [
      { EVENT_INGRESS_URI: 'https://broker.test/', STS_EVENT_AUTH: 'google', STS_EVENT_DELIVERY: 'required' },
      { target: 'https://broker.test/', auth: 'google', required: true },
    ],
  ]
  for (const [changes, events] of rows) {
    it(`follow ${JSON.stringify(changes)}`, () => {
      assert.deepEqual(configOf(changes).events, events)
    })
  }

  it('go to the target as it was written, for it is the audience of their tokens', () => {
    const target = 'https://Broker.test:443/a%20b/../c'
    assert.equal(configOf({ EVENT_INGRESS_URI: target }).events?.target, target)
  })

  const refused: readonly (readonly [changes: Changes, variable: string])[] = [
    [{ STS_EVENT_DELIVERY: 'required' }, 'EVENT_INGRESS_URI'],
    [{ STS_EVENT_DELIVERY: 'required', EVENT_INGRESS_URI: '' }, 'EVENT_INGRESS_URI'],
    [
      { STS_EVENT_AUTH: 'google', EVENT_INGRESS_URI: 'http://broker.test' },
      'EVENT_INGRESS_URI, STS_EVENT_AUTH',
    ],
    [
      { STS_EVENT_AUTH: 'google', EVENT_INGRESS_URI: 'HTTP://127.0.0.1:1' },
      'EVENT_INGRESS_URI, STS_EVENT_AUTH',
    ],
  ]
  for (const [changes, variable] of refused) {
    it(`are refused: ${JSON.stringify(changes)}`, () => {
      assert.deepEqual(
        errorsOf(changes).map((error) => error.variable),
        [variable],
      )
    })
  }
})
