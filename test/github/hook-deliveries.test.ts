import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { afterEach, describe, it } from 'node:test'
import { createConnectionPool, createGitHubApp, type GitHubApp } from '#pkg/github'
import { createPemSigner } from '#pkg/signer'
import { LIST_DELIVERIES, REDELIVER, startReviewWorld } from './support/review.ts'
import { startScriptedServer, type Answerer, type ScriptedServer } from './support/scripted-server.ts'
import { because, patient, type World } from './support/world.ts'

const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const signer = createPemSigner(key.export({ type: 'pkcs8', format: 'pem' }).toString())

/** A row of GitHub's list, as text: its id is larger than a number holds. */
const row = (id: string, time: string, more = ''): string =>
  `{"id":${id},"guid":"g-${id}","delivered_at":"${time}","redelivery":false,"duration":0.4,"status":"OK",` +
  `"status_code":200,"event":"push","action":null,"installation_id":7,"repository_id":9${more}}`

describe('the deliveries of a webhook', () => {
  const closers: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })

  async function connect(answer: Answerer): Promise<{ server: ScriptedServer; app: GitHubApp }> {
    const server = await startScriptedServer(answer)
    closers.push(server.close)
    const dispatcher = createConnectionPool()
    closers.push(() => dispatcher.destroy())
    const app = createGitHubApp({ appId: '1', signer, baseUrl: server.url, dispatcher })
    return { server, app }
  }

  /** A GitHub whose App has a webhook that nobody answers, and some failed deliveries to it. */
  async function startFailing(pushes: number): Promise<World> {
    const world = await startReviewWorld()
    closers.push(world.close)
    world.github.setWebhook({ id: world.appId }, { url: 'http://127.0.0.1:1/', secret: 'hook-secret' })
    for (let push = 0; push < pushes; push++) {
      world.github.writeFile('acme/widgets', 'a.txt', `${push}`)
      await world.github.deliveriesSettled()
      world.advance(1000)
    }
    world.takeCalls()
    return world
  }

  it('are listed newest first, over all pages', async () => {
    const world = await startFailing(101)
    const { deliveries, complete } = await world.app.listDeliveries({ sinceMs: 0, ...patient })
    assert.equal(complete, true)
    const pushes = deliveries.filter(({ event }) => event === 'push')
    assert.equal(pushes.length, 101)
    assert.deepEqual(
      deliveries.map(({ deliveredAt }) => deliveredAt),
      deliveries.map(({ deliveredAt }) => deliveredAt).toSorted((one, other) => other - one),
    )
    assert.equal(world.takeCalls().length, Math.ceil(deliveries.length / 100))
    const [first] = pushes
    assert.ok(first)
    const { id, guid, ...others } = first
    assert.match(id, /^\d+$/)
    assert.match(guid, /^[0-9a-f-]{36}$/)
    assert.deepEqual(others, {
      deliveredAt: world.now() - 1000,
      redelivery: false,
      statusCode: 0,
      event: 'push',
    })
  })

  it('are listed from a time on, without the pages before it', async () => {
    const world = await startFailing(150)
    const sinceMs = world.now() - 5000
    const { deliveries, complete } = await world.app.listDeliveries({ sinceMs, ...patient })
    assert.equal(complete, true)
    assert.equal(deliveries.filter(({ event }) => event === 'push').length, 5)
    assert.deepEqual(world.takeCalls(), [LIST_DELIVERIES])
  })

  it('are made again by their id, with the guid they had', async () => {
    const world = await startFailing(1)
    const [failed] = (await world.app.listDeliveries({ sinceMs: 0, ...patient })).deliveries
    assert.ok(failed)
    world.takeCalls()
    await world.app.redeliver(failed.id, patient)
    assert.deepEqual(world.takeCalls(), [REDELIVER])
    await world.github.deliveriesSettled()
    const [again] = (await world.app.listDeliveries({ sinceMs: 0, ...patient })).deliveries
    assert.deepEqual([again?.guid, again?.redelivery], [failed.guid, true])
    assert.notEqual(again?.id, failed.id)
    await assert.rejects(world.app.redeliver('99', patient), because('github_refused'))
  })

  it('keep ids that are larger than a number holds', async () => {
    const { server, app } = await connect((request, response) => {
      if (request.method === 'POST') response.writeHead(202).end('{}')
      else
        response.end(
          `[${row('3804004623172239366', '2026-08-01T12:00:00.5Z')}, ${row('199287304442', '2026-08-01T11:00:00Z')}]`,
        )
    })
    const { deliveries } = await app.listDeliveries({ sinceMs: 0, ...patient })
    assert.deepEqual(
      deliveries.map(({ id, guid, deliveredAt }) => [id, guid, deliveredAt]),
      [
        ['3804004623172239366', 'g-3804004623172239366', Date.parse('2026-08-01T12:00:00.5Z')],
        ['199287304442', 'g-199287304442', Date.parse('2026-08-01T11:00:00Z')],
      ],
    )
    await app.redeliver('3804004623172239366', patient)
    assert.equal(server.requests.at(-1)?.url, '/app/hook/deliveries/3804004623172239366/attempts')
  })

  it('are read on 20 pages at most, from where GitHub is configured to be', async () => {
    const { server, app } = await connect((_, response, count) => {
      response
        .setHeader('link', `<https://evil.example/x?cursor=c%26${count}&per_page=1>; rel="next"`)
        .end(`[${row('1', '2026-08-01T12:00:00Z')}]`)
    })
    const { deliveries } = await app.listDeliveries({ sinceMs: 0, ...patient })
    assert.equal(deliveries.length, 20)
    assert.equal(server.requests.length, 20)
    assert.equal(server.requests[0]?.url, '/app/hook/deliveries?per_page=100')
    assert.equal(server.requests[1]?.url, '/app/hook/deliveries?per_page=100&cursor=c%261')
  })

  for (const [what, lastPage, lastTime, complete] of [
    ['after which there are more', 20, '2026-08-01T12:00:00Z', false],
    ['that is the last one', 20, undefined, true],
    ['that goes back far enough', 20, '2026-08-01T11:59:59Z', true],
    ['long before which they end', 3, undefined, true],
  ] as const) {
    it(`are ${complete ? '' : 'not '}all there with a page of the number ${lastPage} ${what}`, async () => {
      const time = '2026-08-01T12:00:00Z'
      const { server, app } = await connect((_, response, count) => {
        const isLast = count === lastPage
        if (!isLast || lastTime !== undefined) {
          response.setHeader('link', `<https://x/y?cursor=${count}>; rel="next"`)
        }
        response.end(`[${row('2', time)}, ${row('1', isLast ? (lastTime ?? time) : time)}]`)
      })
      const listing = await app.listDeliveries({ sinceMs: Date.parse(time), ...patient })
      assert.equal(listing.complete, complete)
      assert.equal(server.requests.length, lastPage)
    })
  }

  for (const [what, body] of [
    ['no list', '{}'],
    ['no JSON', '['],
    ['a row that is none', '[7]'],
    ['an id that is no number', `[${row('"x"', '2026-08-01T12:00:00Z')}]`],
    ['an id with a fraction', `[${row('1.5', '2026-08-01T12:00:00Z')}]`],
    ['a negative id', `[${row('-3804004623172239366', '2026-08-01T12:00:00Z')}]`],
    ['a time that is none', `[${row('1', '2026-99-99T12:00:00Z')}]`],
    ['a status that is a text', `[${row('1', '2026-08-01T12:00:00Z', ',"status_code":"200"')}]`],
    ['an event that is none', `[${row('1', '2026-08-01T12:00:00Z', ',"event":7')}]`],
  ] as const) {
    it(`are not believed with ${what}`, async () => {
      const { app } = await connect((_, response) => response.end(body))
      await assert.rejects(app.listDeliveries({ sinceMs: 0, ...patient }), because('github_answer_malformed'))
    })
  }

  it('never lead elsewhere by their id', async () => {
    const { server, app } = await connect((_, response) => response.writeHead(404).end('{}'))
    for (const id of ['', '.', '..']) await assert.rejects(app.redeliver(id, patient), because('unexpected'))
    await assert.rejects(app.redeliver('1/../../x', patient), because('github_refused'))
    assert.deepEqual(
      server.requests.map(({ url }) => url),
      ['/app/hook/deliveries/1%2F..%2F..%2Fx/attempts'],
    )
  })
})
