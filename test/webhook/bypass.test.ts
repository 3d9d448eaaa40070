import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { secondaryRateLimit, submodule, symlink, type Delivery } from '../../emulator/index.ts'
import { readEvent } from '../../pkg/webhook/event/read-event.ts'
import type { FileSource } from '../../pkg/webhook/event/review-request.ts'
import { COMPARE, READ } from './support/operations.ts'
import { BAD, FOLDER, GOOD } from './support/policies.ts'
import { startWarmWebhook, type WebhookWorld } from './support/webhook-world.ts'
import { startWorkWorld, until, type WorkWorld } from './support/work-world.ts'

const REPOSITORY = 'acme/app'
const ORGANIZATION = 'acme/.github'
const FORK = 'mallory/app'

const BAD_FILE = `${FOLDER}/bad.sts.yaml`

/** Commits of whoever wants a green check where there is a policy that does not work, or that nobody should rely on. */
for (const checks of ['changed', 'always'] as const) {
  describe(`with STS_CHECKS=${checks}`, () => {
    let w: WebhookWorld

    before(async () => {
      w = await startWarmWebhook({ environment: { STS_CHECKS: checks } })
      w.github.addUser('mallory')
      w.github.addFork({ of: REPOSITORY, owner: 'mallory' })
    })
    beforeEach(() => {
      w.github.clearFaults()
      w.github.clearCalls()
    })
    after(() => w.close())

    type Files = NonNullable<Parameters<typeof w.github.push>[0]['files']>

    /** Pushes one commit; its id. */
    const push = (repository: string, branch: string, files: Files, from?: string): string =>
      w.github.push({ repository, branch, files, ...(from === undefined ? {} : { from }) }).after

    /** A pull request of the fork that nothing is wrong with yet; its branch. */
    async function openFromFork(base?: string): Promise<string> {
      const branch = w.newName()
      push(FORK, branch, { [`${branch}.md`]: branch })
      w.github.openPullRequest({ repository: REPOSITORY, from: FORK, head: branch, ...(base && { base }) })
      await w.settled()
      return branch
    }

    /** The conclusions of all check runs of a commit, oldest first. */
    const conclusions = (headSha: string, repository = REPOSITORY): readonly (string | null)[] =>
      w.checks(repository).flatMap((check) => (check.headSha === headSha ? [check.conclusion] : []))

    /** The titles of the annotations of its last check run, which is the one that GitHub shows. */
    const findings = (headSha: string, repository = REPOSITORY): readonly unknown[] => {
      const shown = w.checks(repository).findLast((check) => check.headSha === headSha)
      return shown?.annotations.map(({ title }) => title) ?? []
    }

    function assertNeverGreen(headSha: string): void {
      const all = conclusions(headSha)
      assert.ok(all.length > 0, 'there is a check run')
      assert.deepEqual(new Set(all), new Set(['failure']))
    }

    async function rerun(headSha: string): Promise<void> {
      const last = w.checks().findLast((check) => check.headSha === headSha)
      assert.ok(last)
      w.github.rerequestCheckRun(REPOSITORY, last.id)
      await w.settled()
    }

    /** Withholds what `act` causes, and gives a function that delivers what it has of an event. */
    async function withhold(act: () => void, event: string): Promise<() => Promise<void>> {
      const delivery = (await w.withheld(act)).find(({ message }) => message.event === event)
      assert.ok(delivery)
      return async () => {
        await w.github.redeliver(delivery.id)
      }
    }

    for (const order of ['in their order', 'the newer first'] as const) {
      test(`a fork cannot go back to a commit that was told of late, ${order}`, async () => {
        const branch = await openFromFork()
        let bad = ''
        let clean = ''
        const tellOfBad = await withhold(
          () => (bad = push(FORK, branch, { [BAD_FILE]: BAD })),
          'pull_request',
        )
        const tellOfClean = await withhold(
          () => (clean = push(FORK, branch, { [BAD_FILE]: null })),
          'pull_request',
        )
        const late = [tellOfBad, tellOfClean]
        for (const tell of order === 'in their order' ? late : late.toReversed()) await tell()
        assert.deepEqual(conclusions(bad), ['failure'])
        assert.ok(!conclusions(clean).includes('failure'))
        w.github.push({ repository: FORK, branch, from: bad, force: true })
        await w.settled()
        assertNeverGreen(bad)
      })
    }

    test('a fork fails as a whole, also where it is asked for again and nothing is known of it', async () => {
      const branch = await openFromFork()
      push(FORK, branch, { [BAD_FILE]: BAD })
      const head = push(FORK, branch, { 'readme.md': branch })
      await w.settled()
      await rerun(head)
      await w.moveOn()
      await rerun(head)
      assert.deepEqual(conclusions(head), ['failure', 'failure', 'failure'])
    })

    test('a pull request that gets another base while it is checked is checked against that, too', async () => {
      const base = w.newName()
      const branch = w.newName()
      const head = w.unheard(() => {
        push(REPOSITORY, base, { [BAD_FILE]: BAD, [`${base}.md`]: base })
        return push(REPOSITORY, branch, { [`${FOLDER}/${branch}.sts.yaml`]: GOOD }, base)
      })
      const [opened] = await w.withheld(() =>
        w.github.openPullRequest({ repository: REPOSITORY, head: branch, base }),
      )
      assert.ok(opened)
      w.github.failNext({ kind: 'slow', delayMs: 300 }, READ)
      void w.github.redeliver(opened.id)
      await until(() => w.operations().includes(READ))
      const payload = payloadOf(opened) as unknown as PullRequestPayload
      const from = payload.pull_request.base
      const main = {
        ...from,
        ref: 'main',
        sha: w.github.findRepository(REPOSITORY)?.branches.get('main')?.sha,
      }
      await w.github.deliver(w.world.app, {
        event: 'pull_request',
        payload: {
          ...payload,
          action: 'edited',
          changes: { base: { ref: { from: from.ref }, sha: { from: from.sha } } },
          pull_request: { ...payload.pull_request, base: main },
        },
      })
      await w.settled()
      assert.deepEqual(conclusions(head), ['success', 'failure'])
    })

    test('a new branch at a commit that fails keeps it failing, here and where nothing is known of it', async () => {
      const branch = w.newName()
      const head = push(REPOSITORY, branch, { [BAD_FILE]: BAD, [`${branch}.md`]: branch })
      await w.settled()
      w.github.push({ repository: REPOSITORY, branch: w.newName(), from: branch })
      await w.settled()
      await w.moveOn()
      w.github.push({ repository: REPOSITORY, branch: w.newName(), from: branch })
      await w.settled()
      assertNeverGreen(head)
    })

    test('a check that could not be done is not forgotten by the next delivery of the commit', async () => {
      const base = w.newName()
      const branch = w.newName()
      const head = w.unheard(() => {
        push(REPOSITORY, base, { [BAD_FILE]: BAD, [`${base}.md`]: base })
        return push(
          FORK,
          branch,
          { 'readme.md': branch },
          w.github.findRepository(REPOSITORY)?.branches.get(base)?.sha,
        )
      })
      const open = async (to: string): Promise<void> => {
        w.github.openPullRequest({ repository: REPOSITORY, from: FORK, head: branch, base: to })
        await w.settled()
      }
      const mend = w.github.fault({ kind: 'status', status: 403, match: COMPARE })
      await open('main')
      assert.match(w.checkOf(head).title ?? '', /could not be checked/)
      mend()
      // What it changes there has no policy.
      await open(base)
      assert.deepEqual(conclusions(head), ['failure', 'failure'])
      assert.ok(findings(head).length > 0, 'this time it has been checked')
    })

    test('a link to a file of the repository is no policy: a new one', async () => {
      const branch = w.newName()
      const head = push(REPOSITORY, branch, {
        [`${FOLDER}/link.sts.yaml`]: symlink('../../docs/x.yaml'),
        'docs/x.yaml': GOOD,
      })
      await w.settled()
      assertNeverGreen(head)
      assert.deepEqual(findings(head), ['unusable_file'])
    })

    test('a link to a file of the repository is no policy: one that was a file', async () => {
      const path = `${FOLDER}/${w.newName()}.sts.yaml`
      const branch = w.newName()
      const head = w.unheard(() => {
        push(REPOSITORY, 'main', { [path]: GOOD, 'docs/x.yaml': GOOD })
        return push(REPOSITORY, branch, { [path]: symlink('../../docs/x.yaml') })
      })
      w.github.openPullRequest({ repository: REPOSITORY, head: branch })
      await w.settled()
      assertNeverGreen(head)
      assert.deepEqual(findings(head), ['unusable_file'])
    })

    for (const [what, path, entry] of [
      ['the folder of the policies, a link', FOLDER, symlink('../policies')],
      ['the folder of the policies, a submodule', FOLDER, submodule('https://example.com/x.git')],
      ['the folder of the policies, a file', FOLDER, GOOD],
      ['the folder above, a link', '.github', symlink('policies')],
      ['the folder above, a submodule', '.github', submodule('https://example.com/x.git')],
    ] as const) {
      for (const by of ['push', 'pull request'] as const) {
        test(`what is no folder any more fails by a ${by}: ${what}`, async () => {
          const branch = w.newName()
          const act = (): string =>
            push(REPOSITORY, branch, {
              ...Object.fromEntries(policiesOf(REPOSITORY).map((policy) => [policy, null])),
              [path]: entry,
              'policies/warm.sts.yaml': GOOD,
            })
          const head = by === 'push' ? act() : w.unheard(act)
          if (by === 'pull request') w.github.openPullRequest({ repository: REPOSITORY, head: branch })
          await w.settled()
          assertNeverGreen(head)
          assert.deepEqual(findings(head), ['no_policy_folder'])
        })
      }
    }

    /** Paths of what is below `.github` on the default branch. */
    function policiesOf(repository: string): readonly string[] {
      const files = w.github.findRepository(repository)?.branches.get('main')?.files.keys() ?? []
      return [...files].filter((path) => path.startsWith('.github/'))
    }

    for (const by of ['push', 'pull request'] as const) {
      test(`whoever removes the list of issuers by a ${by} is told who is let in then`, async () => {
        const list = `${FOLDER}/trusted-token-issuers.yaml`
        const branch = w.newName()
        w.unheard(() => push(ORGANIZATION, 'main', { [list]: 'issuers: [https://gitlab.example]\n' }))
        const act = (): string => push(ORGANIZATION, branch, { [list]: null })
        const head = by === 'push' ? act() : w.unheard(act)
        if (by === 'pull request') w.github.openPullRequest({ repository: ORGANIZATION, head: branch })
        await w.settled()
        const check = w.checkOf(head, ORGANIZATION)
        assert.equal(check.conclusion, 'success')
        assert.equal(check.title, '1 warning')
        assert.deepEqual(findings(head, ORGANIZATION), ['issuer_list_removed'])
        assert.match(
          check.summary ?? '',
          /trusted-token-issuers\.yaml.* gives more than before\n[^]*any issuer is permitted/,
        )
      })
    }

    test('a fork with more policies than are looked at fails, in a bounded number of calls', async () => {
      const branch = await openFromFork()
      const names = Array.from({ length: 30 }, (_, at) => `${FOLDER}/${branch}-${at}.sts.yaml`)
      w.github.clearCalls()
      const head = push(FORK, branch, Object.fromEntries(names.map((name) => [name, GOOD])))
      await w.settled()
      assertNeverGreen(head)
      assert.match(w.checkOf(head).title ?? '', /^Not everything was checked/)
      const operations = w.operations()
      assert.equal(operations.filter((operation) => operation === READ).length, 25)
      assert.ok(operations.length <= 25 + 4, operations.join())
    })

    if (checks === 'always') {
      test('a policy that does not work fails all commits of its branch, whatever is pushed after it', async () => {
        const branch = w.newName()
        const heads: string[] = []
        for (const files of [
          { [BAD_FILE]: BAD },
          { 'readme.md': '1' },
          { [`${FOLDER}/good.sts.yaml`]: GOOD },
        ]) {
          heads.push(push(REPOSITORY, branch, files))
          await w.settled()
        }
        assert.deepEqual(
          heads.flatMap((head) => conclusions(head)),
          ['failure', 'failure', 'failure'],
        )
        const mended = push(REPOSITORY, branch, { [BAD_FILE]: null })
        await w.settled()
        assert.deepEqual(conclusions(mended), ['success'])
      })

      test('a new branch fails by a commit that nobody has been told of', async () => {
        const branch = w.newName()
        const head = w.unheard(() => push(REPOSITORY, branch, { [BAD_FILE]: BAD, [`${branch}.md`]: branch }))
        w.github.push({ repository: REPOSITORY, branch: w.newName(), from: branch })
        await w.settled()
        assertNeverGreen(head)
      })

      test('a link to a file of the repository is no policy: a push to one that was a file', async () => {
        const path = `${FOLDER}/${w.newName()}.sts.yaml`
        w.unheard(() => push(REPOSITORY, 'main', { [path]: GOOD, 'docs/x.yaml': GOOD }))
        const head = push(REPOSITORY, w.newName(), { [path]: symlink('../../docs/x.yaml') })
        await w.settled()
        assertNeverGreen(head)
        assert.deepEqual(findings(head), ['unusable_file'])
      })
    }
  })
}

interface PullRequestPayload {
  readonly pull_request: { readonly base: { readonly ref: string; readonly sha: string } }
}

describe('whoever wants to be in the way of others', () => {
  let w: WorkWorld

  beforeEach(async () => {
    w = await startWorkWorld()
  })
  afterEach(() => w.close())

  test('leaves room for them with the commits of an owner whose limit at GitHub is spent', async () => {
    const { github, world } = w
    github.addOrganization('zeta')
    github.install({ app: world.app, account: 'zeta' })
    github.addRepository({ owner: 'zeta', name: 'app', files: { 'readme.md': '1' } })
    const mend = github.fault({
      ...secondaryRateLimit(3_600),
      match: ({ path }) => path.startsWith('/repos/acme/'),
    })
    await w.heard('push', () => w.github.push({ repository: REPOSITORY, files: { [BAD_FILE]: BAD } }))
    await w.run(0)
    const payload = payloadOf(github.deliveries.find(({ message }) => message.event === 'push'))
    const answers: (number | undefined)[] = []
    for (let at = 1; at <= 2_000; at += 1) {
      // Each of a branch of its own: newer ones take the place of none.
      const more = { ref: `refs/heads/b${at}`, after: at.toString(16).padStart(40, '0') }
      const delivery = await github.deliver(world.app, { event: 'push', payload: { ...payload, ...more } })
      answers.push(delivery?.statusCode)
    }
    assert.deepEqual(new Set(answers), new Set([503]))
    assert.equal(w.queue.depth, 200)
    const { after: head } = await w.heard('push', () =>
      github.push({ repository: 'zeta/app', files: { [BAD_FILE]: BAD } }),
    )
    await w.run(0)
    const [check] = github.findRepository('zeta/app')?.checkRuns ?? []
    assert.deepEqual([check?.suite.headSha, check?.conclusion], [head, 'failure'])
    mend()
  })

  test('has a push with two million paths answered, and of those no more kept than are of interest', async () => {
    const { github, world } = w
    const files = { [BAD_FILE]: BAD }
    await w.heard('push', () => github.push({ repository: REPOSITORY, branch: 'topic', files }))
    await w.run(0)
    const payload = payloadOf(github.deliveries.find(({ message }) => message.event === 'push'))
    const paths = (name: string): readonly string[] => Array.from({ length: 1_000 }, () => name)
    const commit = { added: paths('a'), modified: paths('b'), removed: [] }
    const commits = Array.from({ length: 1_000 }, () => commit)
    const delivery = await github.deliver(world.app, {
      event: 'push',
      payload: {
        ...payload,
        commits: [...commits, { ...commit, modified: [BAD_FILE] }],
      },
    })
    assert.equal(delivery?.statusCode, 200)
    assert.deepEqual(sourcesOf(delivery), [
      { kind: 'listed', base: 'main', files: [{ path: BAD_FILE, state: 'changed' }] },
    ])
  })
})

function payloadOf(delivery: Delivery | undefined): Readonly<Record<string, unknown>> {
  assert.ok(delivery)
  return JSON.parse(String(delivery.requestBody)) as Readonly<Record<string, unknown>>
}

/** What the review of a delivery keeps of it. */
function sourcesOf(delivery: Delivery): readonly FileSource[] | undefined {
  const { event } = delivery.message
  const one = { id: delivery.guid, event, payload: payloadOf(delivery), targetId: undefined }
  return readEvent(one, { appId: '1', asWhole: false }).review?.sources
}
