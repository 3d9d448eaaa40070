import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { actionsClaims, startIssuer } from '../../emulator/index.ts'
import { DOMAIN, policyFor, startExchangeWorld, type Ask } from '../exchange/support/exchange-world.ts'

const GRANT = 'apps/create-installation-access-token'
const MISSES_PER_MINUTE = 5
const ISSUERS = 6
const ROUNDS = 20
/** Twice the budget for all strangers about `acme`, ten times for all about anyone; a mint or a lookup for each. */
const MISSES_MAX = 10 * MISSES_PER_MINUTE
/** Of `acme/app`: what is missed before the folder is listed, and the folder. */
const READS_MAX = 2 * MISSES_PER_MINUTE + 1

test('Q: strangers of many issuers cost a bounded number of calls, and good exchanges one each', async (t) => {
  const world = await startExchangeWorld(t, { missesPerMinute: MISSES_PER_MINUTE })
  world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
  const { now } = world.clock
  const issuers = await Promise.all(Array.from({ length: ISSUERS }, () => startIssuer({ now: () => now })))
  t.after(() => Promise.all(issuers.map((issuer) => issuer.close())))
  const claims = { ...actionsClaims({ owner: 'acme', repo: 'app', immutable: false, audience: DOMAIN }) }
  const strangers = await Promise.all(issuers.map((issuer) => issuer.sign(claims)))
  const bearer = await world.token()
  assert.ok((await world.ask({ bearer })).ok)
  world.gitHubCalls()

  let good = 0
  for (let round = 0; round < ROUNDS; round++) {
    const hostile = strangers.flatMap((stranger, index): readonly Ask[] => {
      const name = `made-up-${round}-${index}`
      return [
        { bearer: stranger, identity: name },
        { bearer: stranger, scope: `${round % 2 === 0 ? 'acme' : 'ACME'}/${name}` },
        { bearer: stranger, scope: name },
      ]
    })
    const outcomes = await Promise.all([world.ask({ bearer }), ...hostile.map((ask) => world.ask(ask))])
    const [served, ...others] = outcomes
    assert.ok(served.ok)
    good += 1
    for (const outcome of others) {
      assert.ok(!outcome.ok)
      assert.match(outcome.denial.code, /^(?:POLICY_NOT_FOUND|INSTALLATION_NOT_FOUND|RATE_LIMITED)$/)
    }
  }
  await wait(100)

  const { operations } = world.gitHubCalls()
  const caused = operations.length - good
  assert.ok(caused <= MISSES_MAX + READS_MAX, `${caused} calls for ${ROUNDS * ISSUERS * 3} questions`)
  const ofGrants = operations.filter((operation) => operation === GRANT).length
  assert.ok(ofGrants >= good)
  assert.ok((await world.ask({ bearer })).ok)
  assert.deepEqual(world.gitHubCalls().operations, [GRANT], 'still one call')
})
