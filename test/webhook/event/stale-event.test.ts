import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { StaleNotice } from '#pkg/webhook'
import { examplesOf, payloadOf, read, type Payload } from './support/payloads.ts'

const owner = (name: string): StaleNotice => ({ kind: 'owner', owner: name })
const repository = (ofOwner: string, name: string): StaleNotice => ({
  kind: 'repository',
  owner: ofOwner,
  repository: name,
})
const HERE = repository('acme', 'app')
const POLICIES: StaleNotice = { kind: 'policies', owner: 'acme', repository: 'app' }

function installation(login: unknown): Payload {
  return { installation: { id: 1, account: { login, id: 42 } } }
}

/** As GitHub sends it: without repository, and with the account renamed already. */
function renamed(account: string, from: unknown): Payload {
  return { action: 'renamed', account: { login: account, id: 42 }, changes: { login: { from } } }
}

interface Case {
  readonly name: string
  readonly event: string
  readonly payload: Payload
  readonly stale: readonly StaleNotice[]
}

const CASES: readonly Case[] = [
  ...['created', 'deleted', 'suspend', 'unsuspend', 'new_permissions_accepted'].map((action) => ({
    name: `an installation: ${action}`,
    event: 'installation',
    payload: { ...installation('acme'), action },
    stale: [owner('acme')],
  })),
  ...['added', 'removed'].map((action) => ({
    name: `repositories of an installation: ${action}`,
    event: 'installation_repositories',
    payload: { ...installation('acme'), action },
    stale: [owner('acme')],
  })),
  {
    name: 'an installation of an enterprise, which has no login',
    event: 'installation',
    payload: { installation: { id: 1, account: { slug: 'acme-inc', id: 42 } } },
    stale: [],
  },
  {
    name: 'an account that was renamed, by both names',
    event: 'installation_target',
    payload: renamed('new-name', 'acme'),
    stale: [owner('new-name'), owner('acme')],
  },
  {
    name: 'an organization that was renamed, by both names',
    event: 'organization',
    payload: {
      action: 'renamed',
      organization: { login: 'new-name' },
      changes: { login: { from: 'acme' } },
    },
    stale: [owner('new-name'), owner('acme')],
  },
  {
    name: 'a member of an organization',
    event: 'organization',
    payload: { action: 'member_added', organization: { login: 'acme' } },
    stale: [],
  },
  {
    name: 'a repository that was renamed, by both names',
    event: 'repository',
    payload: payloadOf({ action: 'renamed', changes: { repository: { name: { from: 'old' } } } }),
    stale: [HERE, repository('acme', 'old')],
  },
  {
    name: 'a repository that was renamed, but from what is not said',
    event: 'repository',
    payload: payloadOf({ action: 'renamed', changes: { repository: null } }),
    stale: [HERE],
  },
  {
    name: 'a repository that was transferred by an organization',
    event: 'repository',
    payload: payloadOf({
      action: 'transferred',
      changes: { owner: { from: { organization: { login: 'other' } } } },
    }),
    stale: [HERE, repository('other', 'app')],
  },
  {
    name: 'a repository that was transferred by a user',
    event: 'repository',
    payload: payloadOf({ action: 'transferred', changes: { owner: { from: { user: { login: 'mona' } } } } }),
    stale: [HERE, repository('mona', 'app')],
  },
  ...['created', 'deleted'].map((action) => ({
    name: `a repository: ${action}`,
    event: 'repository',
    payload: payloadOf({ action }),
    stale: [HERE],
  })),
  {
    name: 'a repository with another default branch, of its policies alone',
    event: 'repository',
    payload: payloadOf({ action: 'edited', changes: { default_branch: { from: 'master' } } }),
    stale: [POLICIES],
  },
  ...['edited', 'archived', 'publicized', 'privatized', '', null].map((action) => ({
    name: `a repository without news of its policies: ${action}`,
    event: 'repository',
    payload: payloadOf({ action, changes: { description: { from: '' } } }),
    stale: [],
  })),
  {
    name: 'names that are none',
    event: 'repository',
    payload: payloadOf({
      action: 'renamed',
      repository: { name: '..', owner: { login: 'acme' } },
      changes: { repository: { name: { from: 'a/b' } } },
    }),
    stale: [],
  },
  { name: 'an account that is none', event: 'installation', payload: installation('../x'), stale: [] },
  { name: 'an account without login', event: 'installation', payload: installation(null), stale: [] },
  { name: 'another event', event: 'issues', payload: payloadOf({ action: 'opened' }), stale: [] },
  { name: 'an event with the name of a member', event: 'constructor', payload: payloadOf({}), stale: [] },
]

describe('what is stale after', () => {
  for (const { name, event, payload, stale } of CASES) {
    test(name, () => {
      assert.deepEqual(read(event, payload), { review: undefined, stale })
    })
  }
})

test('the events that GitHub has sent are read', () => {
  for (const payload of examplesOf('installation')) {
    const [notice, ...others] = read('installation', payload).stale
    assert.equal(notice?.kind, 'owner')
    assert.equal(others.length, 0)
  }
  const [rename = {}] = examplesOf('repository', 'renamed')
  assert.deepEqual(read('repository', rename).stale, [
    nameOf(rename),
    { ...nameOf(rename), repository: 'Hello-World' },
  ])
  const [edit = {}] = examplesOf('repository', 'edited').filter(({ changes }) =>
    JSON.stringify(changes).includes('default_branch'),
  )
  assert.deepEqual(read('repository', edit).stale, [{ ...nameOf(edit), kind: 'policies' }])
  const [organization = {}] = examplesOf('organization', 'renamed')
  assert.equal(read('organization', organization).stale.length, 2)
})

function nameOf({ repository: described }: Payload): Extract<StaleNotice, { kind: 'repository' }> {
  const { name, owner: account } = described as { name: string; owner: { login: string } }
  return { kind: 'repository', owner: account.login, repository: name }
}
