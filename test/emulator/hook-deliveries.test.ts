import assert from 'node:assert/strict'
import test from 'node:test'
import { startHooked } from './support/hooked.ts'
import type { Hooked } from './support/hooked.ts'
import { at } from './support/receiver.ts'

const PATH = '/app/hook/deliveries'

type Listed = readonly { readonly id: number; readonly guid: string; readonly redelivery: boolean }[]

async function list(
  { ask, hookedJwt }: Hooked,
  query = '',
): Promise<{ readonly ids: number[]; link: string }> {
  const { text, headers, status } = await ask('GET', PATH + query, { token: await hookedJwt() })
  assert.equal(status, 200)
  return { ids: (JSON.parse(text) as Listed).map(({ id }) => id), link: headers.get('link') ?? '' }
}

test('lists deliveries, newest first, page by page', async (t) => {
  const world = await startHooked(t)
  const { github, hooked } = world
  for (let index = 0; index < 5; index++) await github.deliver(hooked, { event: 'ping', payload: { index } })
  const all = github.deliveries.map(({ id }) => id).toReversed()
  assert.deepEqual((await list(world)).ids, all)
  const pages: number[] = []
  let query = '?per_page=2'
  for (let page = 0; page < 3; page++) {
    const { ids, link } = await list(world, query)
    pages.push(...ids)
    query = /<[^>]*(\?[^>]*cursor=[^>]*)>; rel="next"/.exec(link)?.[1] ?? ''
    // What is delivered meanwhile does not move the pages that follow.
    await github.deliver(hooked, { event: 'ping', payload: {} })
  }
  assert.deepEqual(pages, all)
  assert.equal(query, '')
})

test('tells of each what was sent and what came back', async (t) => {
  const world = await startHooked(t, {}, (_, response) => response.writeHead(418).end('no'))
  const { github, ask, hookedJwt, hookedInstallation, clock } = world
  github.push({ repository: 'acme/app', files: { a: '1' } })
  await github.deliveriesSettled()
  const token = await hookedJwt()
  const [id] = (await list(world)).ids.toReversed()
  const { json } = await ask('GET', `${PATH}/${id ?? ''}`, { token })
  assert.equal(json['event'], 'push')
  assert.equal(json['action'], null)
  assert.equal(json['status'], 'Invalid HTTP Response: 418')
  assert.equal(json['status_code'], 418)
  assert.equal(json['installation_id'], hookedInstallation.id)
  assert.equal(json['repository_id'], github.findRepository('acme/app')?.id)
  assert.equal(json['delivered_at'], new Date(clock.ms).toISOString())
  assert.equal(at(json, 'request.payload.ref'), 'refs/heads/main')
  assert.equal(at(json, 'request.headers.X-GitHub-Delivery'), json['guid'])
  assert.equal(at(json, 'response.payload'), 'no')
})

test('tells of a delivery that nobody answered', async (t) => {
  const world = await startHooked(t)
  const { github, ask, hooked, hookedJwt, receiver } = world
  await receiver.close()
  const delivery = await github.deliver(hooked, { event: 'ping', payload: Buffer.from('[') })
  const { json } = await ask('GET', `${PATH}/${delivery?.id ?? ''}`, { token: await hookedJwt() })
  assert.equal(json['status'], 'failed to connect to host')
  assert.equal(json['status_code'], 0)
  assert.deepEqual(json['response'], { headers: null, payload: null })
  assert.equal(at(json, 'request.payload'), null)
})

test('delivers again, with the same guid', async (t) => {
  const world = await startHooked(t)
  const { github, ask, hooked, hookedJwt, receiver } = world
  const first = await github.deliver(hooked, { event: 'ping', payload: { a: 1 } })
  const token = await hookedJwt()
  const { status } = await ask('POST', `${PATH}/${first?.id ?? ''}/attempts`, { token })
  assert.equal(status, 202)
  await github.deliveriesSettled()
  const { text } = await ask('GET', PATH, { token })
  const [again, before] = JSON.parse(text) as Listed
  assert.equal(again?.guid, first?.guid)
  assert.deepEqual([again?.redelivery, before?.redelivery], [true, false])
  assert.equal(receiver.received.length, 2)
  assert.deepEqual(receiver.received[0]?.body, receiver.received[1]?.body)
})

test('lists only successes or failures when asked; a delivery without an answer is neither', async (t) => {
  const world = await startHooked(t, {}, ({ payload }, response) => {
    if (payload['status'] === 0) response.destroy()
    else response.writeHead(Number(payload['status'])).end()
  })
  const ids: Record<string, number | undefined> = {}
  for (const status of [200, 302, 404, 500, 0]) {
    ids[status] = (await world.github.deliver(world.hooked, { event: 'ping', payload: { status } }))?.id
  }
  assert.deepEqual((await list(world, '?status=success')).ids, [ids[302], ids[200]])
  assert.deepEqual((await list(world, '?status=failure')).ids, [ids[500], ids[404]])
  assert.equal((await list(world)).ids.length, 5)
})

test('shows an App only what was sent to it, and no one else anything', async (t) => {
  const { github, ask, hooked, hookedJwt, appJwt, mint } = await startHooked(t)
  const delivery = await github.deliver(hooked, { event: 'ping', payload: {} })
  const path = `${PATH}/${delivery?.id ?? ''}`
  const other = await appJwt()
  assert.equal((await ask('GET', PATH, { token: other })).text, '[]')
  assert.equal((await ask('GET', path, { token: other })).status, 404)
  assert.equal((await ask('POST', `${path}/attempts`, { token: other })).status, 404)
  assert.equal((await ask('GET', PATH, { token: await mint() })).status, 401)
  assert.equal((await ask('GET', PATH)).status, 401)
  assert.equal((await ask('GET', `${PATH}/x`, { token: await hookedJwt() })).status, 404)
})

test('refuses a cursor and a status that it does not know', async (t) => {
  const { ask, hookedJwt } = await startHooked(t)
  const token = await hookedJwt()
  for (const query of ['cursor=x', 'cursor=v1_', 'cursor=v1_1e3', 'status=pending']) {
    assert.equal((await ask('GET', `${PATH}?${query}`, { token })).status, 422, query)
  }
})
