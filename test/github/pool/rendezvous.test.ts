import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { routeKey } from '#pkg/github'
import { orderByRendezvous } from '../../../pkg/github/pool/sticky-routes.ts'

const ids = fc.uniqueArray(
  fc.integer({ min: 1, max: 5_000_000 }).map((id) => ({ appId: String(id) })),
  { minLength: 1, maxLength: 12, selector: ({ appId }) => appId },
)

describe('the order of Apps for a route', () => {
  it('does not depend on the order in which they are configured', () => {
    fc.assert(
      fc.property(fc.string(), ids, fc.nat(), (key, apps, turn) => {
        const others = [...apps.slice(turn % apps.length), ...apps.slice(0, turn % apps.length)].reverse()
        assert.deepEqual(orderByRendezvous(key, others), orderByRendezvous(key, apps))
      }),
    )
  })

  it('stays the same for the others when one of them is gone', () => {
    fc.assert(
      fc.property(fc.string(), ids, fc.nat(), (key, apps, turn) => {
        const gone = apps[turn % apps.length]
        const before = orderByRendezvous(key, apps).filter((app) => app !== gone)
        assert.deepEqual(
          orderByRendezvous(
            key,
            apps.filter((app) => app !== gone),
          ),
          before,
        )
      }),
    )
  })

  it('spreads routes evenly', () => {
    const apps = ['11', '12', '13', '14'].map((appId) => ({ appId }))
    const counts = new Map<string | undefined, number>()
    for (let number = 0; number < 4_000; number++) {
      const [first] = orderByRendezvous(`route ${number}`, apps)
      counts.set(first?.appId, (counts.get(first?.appId) ?? 0) + 1)
    }
    for (const [appId, count] of counts) assert.ok(count > 850 && count < 1_150, `${appId}: ${count}`)
  })
})

describe('the key of a route', () => {
  const one = { scope: 'acme/widgets', identity: 'ci', subject: 'repo:acme/widgets:ref:refs/heads/main' }

  it('is the same for a scope in other letters', () => {
    assert.equal(routeKey({ ...one, scope: 'Acme/Widgets' }), routeKey(one))
  })

  it('tells apart who asks for what', () => {
    const keys = [
      one,
      { ...one, scope: 'acme' },
      { ...one, identity: 'CI' },
      { ...one, subject: 'repo:acme/widgets:ref:refs/heads/next' },
    ].map(routeKey)
    assert.equal(new Set(keys).size, keys.length)
  })

  it('tells nobody who that is', () => {
    assert.match(routeKey(one), /^[0-9a-f]{64}$/)
  })
})
