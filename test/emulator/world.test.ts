import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { decodeJwt } from 'jose'
import { startWorld } from '../../emulator/index.ts'
import type { Push, World, WorldOptions } from '../../emulator/index.ts'

const POLICY = '.github/chainguard/x.sts.yaml'

async function folder(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'policies-'))
  t.after(() => rm(root, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(files)) await save(root, path, content)
  return root
}

async function save(root: string, path: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), content)
}

async function start(t: TestContext, options: WorldOptions): Promise<World> {
  const world = await startWorld(options)
  t.after(() => world.close())
  return world
}

function nextPush(world: World): Promise<Push> {
  return new Promise((resolve) => {
    const stop = world.github.on('push', (push) => {
      stop()
      resolve(push)
    })
  })
}

function contentOf(world: World, repository: string, path: string): string | undefined {
  return world.github.findRepository(repository)?.branches.get('main')?.files.get(path)?.content.toString()
}

test('has its own policies in place, with an App that can read them', async (t) => {
  const world = await start(t, { watch: false })
  for (const [repository, identity] of [
    ['acme/app', 'release'],
    ['acme/.github', 'docs-sync'],
    ['acme/prober', 'prober'],
  ] as const) {
    const text = contentOf(world, repository, `.github/chainguard/${identity}.sts.yaml`)
    assert.match(text ?? '', new RegExp(`^issuer: ${world.issuer.issuer}$`, 'm'))
    assert.doesNotMatch(text ?? '', /token\.actions/)
  }
})

test('signs tokens for its repositories with the subjects that the policies name', async (t) => {
  const world = await start(t, { watch: false })
  for (const [repository, identity, query] of [
    ['app', 'release', 'repository=acme/app'],
    ['app', 'preview', 'repository=acme/app&event=pull_request'],
    ['docs', 'publish', 'repository=acme/docs&environment=production'],
    ['infra', 'deploy', 'repository=acme/app'],
    ['.github', 'docs-sync', 'repository=acme/docs'],
    ['prober', 'prober', 'repository=acme/prober'],
  ] as const) {
    const answer = await fetch(`${world.issuer.issuer}/actions/token?${query}`)
    const { value } = (await answer.json()) as { readonly value: string }
    const policy = contentOf(world, `acme/${repository}`, `.github/chainguard/${identity}.sts.yaml`)
    assert.equal(decodeJwt(value).sub, /^subject: (.+)$/m.exec(policy ?? '')?.[1], identity)
  }
  assert.equal((await fetch(`${world.issuer.issuer}/actions/token?repository=acme/nothing`)).status, 404)
})

test('has one job of acme/prober that its policy lets in, and another that it does not', async (t) => {
  const world = await start(t, { watch: false })
  const policy = contentOf(world, 'acme/prober', '.github/chainguard/prober.sts.yaml') ?? ''
  const subjects: unknown[] = []
  for (const ref of ['main', 'negative-prober']) {
    const answer = await fetch(`${world.issuer.issuer}/actions/token?repository=acme/prober&ref=${ref}`)
    subjects.push(decodeJwt(((await answer.json()) as { readonly value: string }).value).sub)
  }
  assert.match(policy, new RegExp(`^subject: ${String(subjects[0])}$`, 'm'))
  assert.equal(policy.includes(String(subjects[1])), false)
  assert.doesNotMatch(policy, /subject_pattern/)
})

test('makes an organization and a repository of each folder', async (t) => {
  const root = await folder(t, { [`zoo/lion/${POLICY}`]: 'issuer: x\n' })
  const world = await start(t, { policiesDirectory: root, watch: false })
  assert.equal(contentOf(world, 'zoo/lion', POLICY), 'issuer: x\n')
  assert.equal(world.github.findAccount('zoo')?.type, 'Organization')
})

test('takes nothing in from outside the folder, and no editor’s leftovers', async (t) => {
  const root = await folder(t, {
    [`acme/app/${POLICY}`]: 'a',
    [`acme/app/${POLICY}~`]: 'b',
    'acme/app/.github/chainguard/.x.swp': 'c',
    'acme/app/.git/config': 'd',
  })
  const outside = await folder(t, { secret: 's' })
  await symlink(join(outside, 'secret'), join(root, 'acme/app/link'))
  await symlink(outside, join(root, 'acme/app/linked'))
  await symlink(outside, join(root, 'acme/linked'))
  const world = await start(t, { policiesDirectory: root, watch: false })
  const files = world.github.findRepository('acme/app')?.branches.get('main')?.files
  assert.deepEqual([...(files?.keys() ?? [])].sort(), [POLICY, 'README.md'])
  assert.equal(world.github.findRepository('acme/linked'), undefined)
})

test('counts a saved, replaced or deleted file as a push', async (t) => {
  const root = await folder(t, { [`acme/app/${POLICY}`]: 'one' })
  const world = await start(t, { policiesDirectory: root })
  const saved = nextPush(world)
  await save(root, `acme/app/${POLICY}`, 'two')
  assert.deepEqual((await saved).modified, [POLICY])
  assert.equal(contentOf(world, 'acme/app', POLICY), 'two')

  const replaced = nextPush(world)
  await save(root, 'acme/app/.github/chainguard/.tmp', 'three')
  await rename(join(root, 'acme/app/.github/chainguard/.tmp'), join(root, `acme/app/${POLICY}`))
  assert.deepEqual((await replaced).modified, [POLICY])

  const deleted = nextPush(world)
  await rm(join(root, `acme/app/${POLICY}`))
  assert.deepEqual((await deleted).removed, [POLICY])

  const made = nextPush(world)
  await save(root, `zoo/lion/${POLICY}`, 'new')
  assert.deepEqual((await made).added, [POLICY])
})

test('keeps what it has while the folder is away', async (t) => {
  const root = await folder(t, { [`acme/app/${POLICY}`]: 'one' })
  const world = await start(t, { policiesDirectory: root })
  let pushes = 0
  world.github.on('push', () => (pushes += 1))
  await rename(root, `${root}-away`)
  await new Promise((resolve) => setTimeout(resolve, 200))
  assert.equal(contentOf(world, 'acme/app', POLICY), 'one')
  await rename(`${root}-away`, root)
  assert.equal(pushes, 0)
})
