import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createExpiries } from '../../pkg/exchange/expiries.ts'

describe('what is known of a repository', () => {
  it('is out of date by a notice about it or its owner, in any letters, and about nothing else', () => {
    const expiries = createExpiries()
    const before = expiries.moment()
    const isExpired = (): boolean => expiries.isExpired('Acme', 'App', before)
    expiries.expire('mallory')
    expiries.expire('mallory', 'app')
    expiries.expire('acme', 'app2')
    expiries.expire('acm')
    assert.equal(isExpired(), false)
    expiries.expire('ACME', 'app')
    assert.equal(isExpired(), true)
    assert.equal(expiries.isExpired('acme', 'docs', before), false)
    expiries.expire('aCME')
    assert.equal(expiries.isExpired('acme', 'docs', before), true)
  })

  it('is not when it was asked for after the notice', () => {
    const expiries = createExpiries()
    expiries.expire('acme')
    expiries.expireAll()
    const after = expiries.moment()
    expiries.expire('mallory')
    assert.equal(expiries.isExpired('acme', 'app', after), false)
  })

  it('is by a notice about everything', () => {
    const expiries = createExpiries()
    const before = expiries.moment()
    expiries.expireAll()
    assert.equal(expiries.isExpired('acme', 'app', before), true)
  })

  it('stays out of date however many notices follow, of which not all can be kept', () => {
    const expiries = createExpiries()
    const before = expiries.moment()
    expiries.expire('acme', 'app')
    const after = expiries.moment()
    for (let count = 0; count < 9_999; count++) expiries.expire('mallory', `repository-${count}`)
    assert.equal(expiries.isExpired('umbrella', 'app', before), false)
    expiries.expire('mallory')
    assert.equal(expiries.isExpired('acme', 'app', before), true)
    assert.equal(expiries.isExpired('umbrella', 'app', before), true, 'too much rather than too little')
    assert.equal(expiries.isExpired('acme', 'app', after), false)
  })
})
