import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { Delivery, DeliveryResult, StaleNotice } from '#pkg/webhook'
import { WORKED_EVENTS } from '../../pkg/webhook/event/read-event.ts'
import type { ReviewRequest } from '../../pkg/webhook/event/review-request.ts'
import { createDeliveryWorker } from '../../pkg/webhook/work/delivery-worker.ts'
import { issueTicket, type IssuedTicket } from '../../pkg/webhook/work/ticket.ts'
import { readExamples } from './delivery/support/examples.ts'
import { createVirtualClock, type VirtualClock } from './support/virtual-clock.ts'

const HOUR_MS = 3_600_000
const RUN = { id: 1, sent: new Set<string>() }

interface Submitted extends IssuedTicket {
  readonly request: ReviewRequest
}

let clock: VirtualClock
let submitted: Submitted[]
let notices: StaleNotice[]
let isFull: boolean
let work: (delivery: Delivery) => Promise<DeliveryResult>

beforeEach(() => {
  isFull = false
  submitted = []
  clock = createVirtualClock()
  work = createWorker()
})

afterEach(() => {
  for (const ticket of submitted) ticket.ends({ kind: 'given_up' })
})

function createWorker(organizations?: readonly string[], answerWithinMs = 60_000): typeof work {
  notices = []
  return createDeliveryWorker({
    events: { appId: '7', asWhole: false },
    queue: { submit },
    organizations: organizations && new Set(organizations),
    onStale: (notice) => notices.push(notice),
    now: clock.now,
    answerWithinMs,
  })
}

function submit(request: ReviewRequest): IssuedTicket['ticket'] | undefined {
  if (isFull) return undefined
  const issued = issueTicket()
  submitted.push({ ...issued, request })
  return issued.ticket
}

/** A push that names a policy. */
function push(id: string, owner = 'acme'): Delivery {
  const payload = {
    ref: 'refs/heads/topic',
    before: '1'.repeat(40),
    after: '2'.repeat(40),
    commits: [{ added: ['.github/chainguard/a.sts.yaml'], modified: [], removed: [] }],
    repository: { id: 3, name: 'app', owner: { login: owner, id: 4 }, default_branch: 'main', pushed_at: 5 },
    installation: { id: 6 },
  }
  return { id, event: 'push', payload, targetId: '7' }
}

function last(): Submitted {
  const ticket = submitted.at(-1)
  assert.ok(ticket)
  return ticket
}

describe('a delivery', () => {
  test('that is done is not worked again within the hour, and is after it', async () => {
    const result = work(push('one'))
    last().ends({ kind: 'done', checks: 1 })
    assert.deepEqual(await result, { kind: 'done', checks: 1 })
    clock.advance(HOUR_MS - 1)
    assert.deepEqual(await work(push('one')), { kind: 'done', checks: 0 })
    assert.equal(submitted.length, 1)
    clock.advance(1)
    void work(push('one'))
    assert.equal(submitted.length, 2)
  })

  test('with another id is worked', async () => {
    const result = work(push('one'))
    last().ends({ kind: 'done', checks: 1 })
    await result
    void work(push('two'))
    assert.equal(submitted.length, 2)
  })

  test('that failed is worked again', async () => {
    const result = work(push('one'))
    last().ends({ kind: 'given_up' })
    assert.equal((await result).kind, 'failed')
    void work(push('one'))
    assert.equal(submitted.length, 2)
  })

  test('that there was no room for is worked when it comes again', async () => {
    isFull = true
    const { kind } = await work(push('one'))
    assert.equal(kind, 'busy')
    isFull = false
    void work(push('one'))
    assert.equal(submitted.length, 1)
  })

  test('that comes again while it is worked on waits for the same work', async () => {
    const results = [work(push('one')), work(push('one'))]
    assert.equal(submitted.length, 1)
    last().ends({ kind: 'done', checks: 1 })
    for (const result of results) assert.deepEqual(await result, { kind: 'done', checks: 1 })
  })

  test('that is done after it was answered is done', async () => {
    work = createWorker(undefined, 1)
    await work(push('one'))
    last().ends({ kind: 'done', checks: 1 })
    await setImmediate()
    assert.deepEqual(await work(push('one')), { kind: 'done', checks: 0 })
  })

  test('asks for nothing when its event is none that is worked', async () => {
    for (const event of ['star', 'issues', 'ping', 'constructor', '__proto__']) {
      assert.equal((await work({ ...push(event), event })).kind, 'ignored')
    }
    assert.deepEqual(submitted, [])
  })
})

describe('an answer', () => {
  test('comes in time, as a success unless something has gone wrong before a check run can be seen', async () => {
    work = createWorker(undefined, 1)
    for (const { run, hasFailed, result } of [
      { run: undefined, hasFailed: false, result: { kind: 'continues' } },
      { run: RUN, hasFailed: false, result: { kind: 'continues' } },
      { run: RUN, hasFailed: true, result: { kind: 'continues' } },
      { run: undefined, hasFailed: true, result: { kind: 'failed', reason: 'deadline_passed' } },
    ]) {
      const answer = work(push(`${run?.id} ${hasFailed}`))
      last().follows({ run, hasFailed })
      assert.deepEqual(await answer, result)
    }
  })

  test('comes at once when it is known that the work waits', async () => {
    const wait = { kind: 'waits', ms: 90_000, reason: 'github_rate_limited' } as const
    const unseen = work(push('unseen'))
    last().follows({ run: undefined, hasFailed: true })
    last().waits(wait)
    assert.deepEqual(await unseen, { kind: 'failed', reason: 'github_rate_limited', retryAfterMs: 90_000 })
    const seen = work(push('seen'))
    last().follows({ run: RUN, hasFailed: true })
    last().waits(wait)
    assert.deepEqual(await seen, { kind: 'continues' })
  })
})

describe('of the owners that are served', () => {
  test('names are compared without case', async () => {
    work = createWorker(['acme'])
    void work(push('one', 'ACME'))
    assert.equal(submitted.length, 1)
    const { kind } = await work(push('two', 'acme-2'))
    assert.equal(kind, 'ignored')
    assert.equal(submitted.length, 1)
  })

  test('one is told what another, who is not served, has taken from it', async () => {
    work = createWorker(['acme'])
    const payload = {
      action: 'transferred',
      repository: { name: 'app', owner: { login: 'zeta', id: 9 } },
      changes: { owner: { from: { organization: { login: 'acme' } } } },
    }
    await work({ id: 'one', event: 'repository', payload, targetId: '7' })
    assert.deepEqual(notices, [{ kind: 'repository', owner: 'acme', repository: 'app' }])
  })
})

describe('caches are told', () => {
  const owner = { login: 'acme', id: 1 }
  const repository = { id: 2, name: 'app', owner, default_branch: 'main' }
  const installation = { id: 3, account: owner }
  const ofOwner = { kind: 'owner', owner: 'acme' }
  const ofRepository = { kind: 'repository', owner: 'acme', repository: 'app' }
  const ofPolicies = { ...ofRepository, kind: 'policies' }

  const CASES: readonly (readonly [string, string, object, readonly object[]])[] = [
    ['of a new installation', 'installation', { action: 'created', installation }, [ofOwner]],
    ['of one that is gone', 'installation', { action: 'deleted', installation }, [ofOwner]],
    ['of one that is suspended', 'installation', { action: 'suspend', installation }, [ofOwner]],
    ['of one that goes on', 'installation', { action: 'unsuspend', installation }, [ofOwner]],
    ['of new permissions', 'installation', { action: 'new_permissions_accepted', installation }, [ofOwner]],
    ['of repositories added', 'installation_repositories', { action: 'added', installation }, [ofOwner]],
    ['of repositories removed', 'installation_repositories', { action: 'removed', installation }, [ofOwner]],
    [
      'of an account with a new name',
      'installation_target',
      { action: 'renamed', account: { ...owner, login: 'new' }, changes: { login: { from: 'acme' } } },
      [{ kind: 'owner', owner: 'new' }, ofOwner],
    ],
    [
      'of an organization with a new name',
      'organization',
      { action: 'renamed', organization: { login: 'new' }, changes: { login: { from: 'acme' } } },
      [{ kind: 'owner', owner: 'new' }, ofOwner],
    ],
    [
      'of a repository with a new name',
      'repository',
      { action: 'renamed', repository, changes: { repository: { name: { from: 'old' } } } },
      [ofRepository, { ...ofRepository, repository: 'old' }],
    ],
    [
      'of a repository with a new owner',
      'repository',
      { action: 'transferred', repository, changes: { owner: { from: { user: { login: 'mona' } } } } },
      [ofRepository, { ...ofRepository, owner: 'mona' }],
    ],
    ['of a repository that is gone', 'repository', { action: 'deleted', repository }, [ofRepository]],
    ['of a new repository', 'repository', { action: 'created', repository }, [ofRepository]],
    [
      'of another default branch',
      'repository',
      { action: 'edited', repository, changes: { default_branch: { from: 'master' } } },
      [ofPolicies],
    ],
    [
      'of no other edit',
      'repository',
      { action: 'edited', repository, changes: { description: { from: '' } } },
      [],
    ],
    ['of no star', 'star', { action: 'created', repository }, []],
    ['of no account without a name', 'installation', { action: 'created', installation: { id: 3 } }, []],
    [
      'of no name that is none',
      'repository',
      { action: 'renamed', repository: { ...repository, name: '../x' } },
      [],
    ],
  ]
  for (const [what, event, payload, expected] of CASES) {
    test(what, async () => {
      await work({ id: 'one', event, payload: { ...payload }, targetId: '7' })
      assert.deepEqual(notices, expected)
    })
  }

  test('of a push to the default branch that touches policies, or takes commits back', async () => {
    const told = async (more: object): Promise<number> => {
      const delivery = push('one')
      const before = notices.length
      const payload = { ...delivery.payload, ref: 'refs/heads/main', ...more }
      const result = work({ ...delivery, payload })
      last().ends({ kind: 'given_up' })
      await result
      return notices.length - before
    }
    const elsewhere = [{ added: ['src/a.ts'], modified: [], removed: [] }]
    const removed = [{ added: [], modified: [], removed: ['.github/chainguard/a.sts.yaml'] }]
    assert.equal(await told({}), 1)
    assert.equal(await told({ commits: removed }), 1)
    assert.equal(await told({ commits: elsewhere }), 0)
    assert.equal(await told({ commits: elsewhere, forced: true }), 1)
    assert.equal(await told({ ref: 'refs/heads/topic' }), 0)
    assert.deepEqual(notices[0], ofPolicies)
  })

  test('by every payload that GitHub has sent about installations, and by no other of its kind', async () => {
    const all = readExamples()
    const notNamed: string[] = []
    for (const { name, examples } of all) {
      for (const [index, payload] of examples.entries()) {
        const before = notices.length
        await answered(work({ id: `${name}-${index}`, event: name, payload: { ...payload }, targetId: '7' }))
        const isAboutOwner = name === 'installation' || name === 'installation_repositories'
        if (isAboutOwner && notices.length === before) notNamed.push(`${name} ${index}`)
        if (!WORKED_EVENTS.has(name)) assert.equal(notices.length, before, name)
      }
    }
    assert.deepEqual(notNamed, [])
    assert.ok(all.some(({ name }) => name === 'installation'))
  })
})

/** Ends whatever the delivery has asked for. */
async function answered(result: Promise<DeliveryResult>): Promise<void> {
  for (const ticket of submitted.splice(0)) ticket.ends({ kind: 'given_up' })
  await result
}
