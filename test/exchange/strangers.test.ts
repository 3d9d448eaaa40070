import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { policyFor, startExchangeWorld, type Ask } from './support/exchange-world.ts'

const FIND = 'apps/get-repo-installation'
const MINT = 'apps/create-installation-access-token'
const READ = 'repos/get-content'

describe('what strangers ask for that is not there', () => {
  const kinds: readonly {
    readonly name: string
    readonly ask: (number: number) => Ask
    readonly code: string
    /** For each that is asked for, once the owner is known. */
    readonly calls: readonly string[]
  }[] = [
    {
      name: 'identities',
      ask: (number) => ({ identity: `made-up-${number}` }),
      code: 'POLICY_NOT_FOUND',
      calls: [READ],
    },
    {
      name: 'repositories',
      ask: (number) => ({ scope: `acme/made-up-${number}` }),
      code: 'INSTALLATION_NOT_FOUND',
      calls: [MINT],
    },
    {
      name: 'owners',
      ask: (number) => ({ scope: `made-up-${number}` }),
      code: 'INSTALLATION_NOT_FOUND',
      calls: [FIND],
    },
  ]
  for (const { name, ask, code, calls } of kinds) {
    test(`costs one call each and is remembered: ${name}`, async (t) => {
      const world = await startExchangeWorld(t)
      world.policy('acme/app', 'reader', policyFor(world.issuer.issuer))
      const bearer = await world.token()
      assert.ok((await world.ask({ bearer })).ok)
      world.gitHubCalls()
      for (const round of ['asked for', 'asked for again']) {
        for (let number = 0; number < 50; number++) {
          const outcome = await world.ask({ ...ask(number), bearer })
          assert.ok(!outcome.ok)
          assert.equal(outcome.denial.code, code)
        }
        const expected = round === 'asked for' ? Array.from({ length: 50 }, () => calls).flat() : []
        assert.deepEqual(world.gitHubCalls().operations, expected, round)
      }
      assert.ok((await world.ask({ bearer })).ok)
      assert.deepEqual(world.gitHubCalls().operations, [MINT], 'what is there stays warm')
    })
  }
})
