import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ISSUER_LIST_PATH, locatePolicy } from '#pkg/policy'
import { policyPath } from '../../pkg/policy/policy-location.ts'

describe('locatePolicy', () => {
  const path = '.github/chainguard/ci.sts.yaml'

  it('reads a repository policy from the repository, for that repository', () => {
    assert.deepEqual(locatePolicy({ owner: 'Acme', repository: 'Web' }, 'ci', '.github'), {
      level: 'repository',
      owner: 'Acme',
      repository: 'Web',
      path,
      defaultRepositories: ['Web'],
    })
  })

  it('reads an organization policy from the policy repository, for all repositories', () => {
    assert.deepEqual(locatePolicy({ owner: 'Acme', repository: undefined }, 'ci', '.github'), {
      level: 'organization',
      owner: 'Acme',
      repository: '.github',
      path,
      defaultRepositories: 'all',
    })
  })

  it('reads the same file for the policy repository in any case, but for it alone', () => {
    for (const repository of ['.github', '.GitHub', '.GITHUB']) {
      assert.deepEqual(locatePolicy({ owner: 'Acme', repository }, 'ci', '.github'), {
        level: 'organization',
        owner: 'Acme',
        repository: '.github',
        path,
        defaultRepositories: ['.github'],
      })
    }
  })

  it('knows the policy repository by its configured name only', () => {
    assert.equal(locatePolicy({ owner: 'a', repository: '.github' }, 'ci', 'policies').level, 'repository')
    assert.equal(locatePolicy({ owner: 'a', repository: 'Policies' }, 'ci', 'policies').level, 'organization')
    assert.equal(locatePolicy({ owner: 'a', repository: undefined }, 'ci', 'policies').repository, 'policies')
  })
})

describe('paths', () => {
  it('are in one folder, and keep the case of an identity', () => {
    assert.equal(policyPath('My.Identity'), '.github/chainguard/My.Identity.sts.yaml')
    assert.equal(ISSUER_LIST_PATH, '.github/chainguard/trusted-token-issuers.yaml')
  })
})
