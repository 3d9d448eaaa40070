import assert from 'node:assert/strict'
import { it } from 'node:test'
import { readTrustPolicy } from '#pkg/policy'
import { policyPath, policyText, targetAt, targetOf } from './world-layout.ts'

const SHAPE = { owners: 7, policies: 500, issuers: 3 }

it('every policy is in a place of its own', () => {
  const places = new Set<string>()
  for (let n = 0; n < SHAPE.policies; n++) {
    const target = targetOf(n, SHAPE)
    places.add(`${target.scope}:${policyPath(target)}`)
  }
  assert.equal(places.size, SHAPE.policies)
})

it('policies are spread over owners and issuers in turn, ten to a repository', () => {
  assert.deepEqual(targetOf(0, SHAPE), { scope: 'org-0/app-0', identity: 'policy-0', issuer: 0 })
  assert.deepEqual(targetOf(8, SHAPE), { scope: 'org-1/app-0', identity: 'policy-8', issuer: 2 })
  assert.deepEqual(targetOf(70, SHAPE), { scope: 'org-0/app-1', identity: 'policy-70', issuer: 1 })
  assert.deepEqual(targetAt({ owner: 1, repository: 0, place: 1 }, SHAPE), targetOf(8, SHAPE))
  assert.deepEqual(targetAt({ owner: 0, repository: 1, place: 0 }, SHAPE), targetOf(70, SHAPE))
})

it('every policy is valid, with and without expressions', () => {
  for (const policy of [0, 3]) {
    const text = policyText(policy, 'https://issuer.example.com', SHAPE)
    const options = { level: 'repository', allowOrganizationPermissions: false, strict: true } as const
    assert.equal(readTrustPolicy(Buffer.from(text), options).ok, true, text)
  }
})
