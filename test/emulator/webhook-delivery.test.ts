import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import test from 'node:test'
import { SECRET, startHooked } from './support/hooked.ts'
import { signatureOf, startReceiver } from './support/receiver.ts'

const PUSH = { repository: 'acme/app', files: { a: '1' } }

test('signs the raw bytes, and says what it is in the headers', async (t) => {
  const { github, receiver, hooked } = await startHooked(t)
  github.push({ ...PUSH, message: 'ünïcode' })
  await github.deliveriesSettled()
  const [first] = receiver.of('push')
  assert.ok(first)
  const { headers, body } = first
  const sha1 = createHmac('sha1', SECRET).update(body).digest('hex')
  assert.match(String(headers['x-github-delivery']), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  assert.match(String(headers['x-github-hook-id']), /^\d+$/)
  assert.match(String(headers['user-agent']), /^GitHub-Hookshot\/[0-9a-f]+$/)
  assert.equal(headers['x-hub-signature-256'], signatureOf(body, SECRET))
  assert.equal(headers['x-hub-signature'], `sha1=${sha1}`)
  assert.equal(headers['x-github-event'], 'push')
  assert.equal(headers['x-github-hook-installation-target-id'], String(hooked.id))
  assert.equal(headers['x-github-hook-installation-target-type'], 'integration')
  assert.equal(headers['content-type'], 'application/json')
  assert.equal(headers['content-length'], String(body.length))
})

test('sends a form when the webhook says so, signed as it is sent', async (t) => {
  const { github, receiver, hooked } = await startHooked(t)
  github.setWebhook(hooked, { url: receiver.url, secret: SECRET, contentType: 'form' })
  github.push(PUSH)
  await github.deliveriesSettled()
  const [first] = receiver.of('push')
  assert.equal(first?.headers['content-type'], 'application/x-www-form-urlencoded')
  assert.match(first.body.toString(), /^payload=%7B/)
  assert.equal(first.payload['ref'], 'refs/heads/main')
  assert.equal(first.headers['x-hub-signature-256'], signatureOf(first.body, SECRET))
})

test('does not sign without a secret', async (t) => {
  const { github, receiver, hooked } = await startHooked(t)
  github.setWebhook(hooked, { url: receiver.url })
  github.push(PUSH)
  await github.deliveriesSettled()
  assert.equal(receiver.received[0]?.headers['x-hub-signature-256'], undefined)
  assert.equal(receiver.received[0]?.headers['x-hub-signature'], undefined)
})

test('sends in order', async (t) => {
  const { github, receiver, hooked } = await startHooked(t)
  // A name is looked up, which takes now longer, now shorter.
  github.setWebhook(hooked, { url: receiver.url.replace('127.0.0.1', 'localhost') })
  const sent = Array.from({ length: 50 }, (_, index) => index)
  for (const index of sent) void github.deliver(hooked, { event: 'push', payload: { index } })
  await github.deliveriesSettled()
  assert.deepEqual(
    receiver.received.map(({ payload }) => payload['index']),
    sent,
  )
})

test('does not wait for an answer before the next delivery', async (t) => {
  const held: (() => void)[] = []
  const { github, receiver, hooked } = await startHooked(t, {}, (_, response) => {
    held.push(() => response.end())
    // Only when all three are here does any of them get its answer.
    if (held.length === 3) for (const release of held) release()
  })
  for (const index of [1, 2, 3]) void github.deliver(hooked, { event: 'push', payload: { index } })
  await github.deliveriesSettled()
  assert.equal(receiver.received.length, 3)
  assert.deepEqual(
    github.deliveries.map(({ statusCode }) => statusCode),
    [200, 200, 200],
  )
})

test('writes down what came back', async (t) => {
  const { github, hooked, receiver, clock } = await startHooked(t, {}, ({ payload }, response) => {
    response.writeHead(Number(payload['status']), { location: '/elsewhere', 'x-answer': 'yes' })
    response.end('the answer')
  })
  for (const [status, text] of [
    [200, 'OK'],
    [202, 'OK'],
    [302, 'Invalid HTTP Response: 302'],
    [404, 'Invalid HTTP Response: 404'],
    [503, 'Invalid HTTP Response: 503'],
  ] as const) {
    const delivery = await github.deliver(hooked, { event: 'ping', payload: { status } })
    assert.equal(delivery?.status, text)
    assert.equal(delivery.statusCode, status)
    assert.equal(delivery.responseBody, 'the answer')
    assert.equal(delivery.responseHeaders['x-answer'], 'yes')
    assert.equal(delivery.url, receiver.url)
    assert.equal(delivery.deliveredAt, clock.ms)
    assert.equal(delivery.redelivery, false)
    assert.equal(delivery.message.event, 'ping')
    assert.equal(delivery.requestHeaders['X-GitHub-Delivery'], delivery.guid)
    assert.deepEqual(JSON.parse(delivery.requestBody.toString()), { status })
  }
  assert.equal(receiver.received.length, 5)
})

test('gives up when the time is over', async (t) => {
  const { github, hooked } = await startHooked(t, { webhookTimeoutMs: 50 }, () => undefined)
  const delivery = await github.deliver(hooked, { event: 'push', payload: {} })
  assert.equal(delivery?.status, 'timed out')
  assert.equal(delivery.statusCode, 0)
})

test('gives up when an answer begins and does not end', async (t) => {
  const { github, hooked } = await startHooked(t, { webhookTimeoutMs: 50 }, (_, response) => {
    response.write('x')
  })
  const delivery = await github.deliver(hooked, { event: 'push', payload: {} })
  assert.equal(delivery?.status, 'timed out')
})

test('writes down that there was no one to connect to', async (t) => {
  const { github, hooked } = await startHooked(t)
  // Nothing listens on the port of a server that has just been closed.
  const gone = await startReceiver(t)
  await gone.close()
  github.setWebhook(hooked, { url: gone.url })
  const delivery = await github.deliver(hooked, { event: 'push', payload: {} })
  assert.equal(delivery?.status, 'failed to connect to host')
  assert.equal(delivery.statusCode, 0)
  assert.deepEqual(delivery.responseHeaders, {})
})

test('goes on with the next delivery when one fails', async (t) => {
  const { github, hooked, receiver } = await startHooked(t, {}, ({ payload }, response) => {
    if (payload['fail'] === true) response.destroy()
    else response.end()
  })
  void github.deliver(hooked, { event: 'push', payload: { fail: true } })
  void github.deliver(hooked, { event: 'push', payload: {} })
  await github.deliveriesSettled()
  assert.equal(receiver.received.length, 2)
  assert.deepEqual(
    github.deliveries.map(({ statusCode }) => statusCode).sort((one, other) => one - other),
    [0, 200],
  )
})

test('keeps the newest deliveries only', async (t) => {
  const { github, hooked } = await startHooked(t, { deliveriesKept: 3 })
  for (const index of [1, 2, 3, 4, 5]) await github.deliver(hooked, { event: 'push', payload: { index } })
  assert.deepEqual(
    github.deliveries.map(({ requestBody }) => requestBody.toString()),
    ['{"index":3}', '{"index":4}', '{"index":5}'],
  )
})

test('delivers again under the same id of the event, to where the webhook is by then', async (t) => {
  const { github, hooked, receiver } = await startHooked(t)
  const moved = await startReceiver(t)
  const first = await github.deliver(hooked, { event: 'push', payload: { a: 1 } })
  assert.ok(first)
  github.setWebhook(hooked, { url: moved.url, secret: 'other' })
  const again = await github.redeliver(first.id)
  assert.ok(again)
  assert.equal(again.guid, first.guid)
  assert.notEqual(again.id, first.id)
  assert.deepEqual([first.redelivery, again.redelivery], [false, true])
  const [one] = receiver.received
  const [two] = moved.received
  assert.ok(one !== undefined && two !== undefined)
  assert.deepEqual(two.body, one.body)
  assert.equal(two.headers['x-github-delivery'], one.headers['x-github-delivery'])
  assert.equal(two.headers['x-hub-signature-256'], signatureOf(two.body, 'other'))
  assert.throws(() => github.redeliver(4711))
})

test('sends what a test wants: other headers, another secret, bytes that are no JSON', async (t) => {
  const { github, hooked, receiver } = await startHooked(t)
  const delivery = await github.deliver(hooked, {
    event: 'push',
    payload: Buffer.from('{"a":'),
    headers: { 'X-GitHub-Event': 'other', 'X-Hub-Signature': null },
    secret: 'wrong',
  })
  const [first] = receiver.received
  assert.equal(first?.body.toString(), '{"a":')
  assert.equal(first.event, 'other')
  assert.equal(first.headers['x-hub-signature'], undefined)
  assert.equal(first.headers['x-hub-signature-256'], signatureOf(first.body, 'wrong'))
  assert.equal(delivery?.requestHeaders['X-Hub-Signature'], undefined)
})

test('goes on after a header that cannot be sent', async (t) => {
  const { github, hooked, receiver } = await startHooked(t)
  const headers = { 'X-Bad': 'a\nb' }
  await assert.rejects(github.deliver(hooked, { event: 'push', payload: {}, headers }))
  await github.deliver(hooked, { event: 'push', payload: {} })
  await github.deliveriesSettled()
  assert.equal(receiver.received.length, 1)
})

test('sends nothing over 25 MiB, and nothing without a webhook', async (t) => {
  const { github, hooked, receiver } = await startHooked(t)
  const payload = Buffer.alloc(25 * 1024 * 1024 + 1, 'x')
  assert.equal(await github.deliver(hooked, { event: 'push', payload }), undefined)
  github.setWebhook(hooked, undefined)
  assert.equal(await github.deliver(hooked, { event: 'push', payload: {} }), undefined)
  github.push(PUSH)
  await github.deliveriesSettled()
  assert.equal(receiver.received.length, 0)
})

test('sends nowhere but to this machine, unencrypted', async (t) => {
  const { github, hooked } = await startHooked(t)
  for (const url of [
    'http://example.com/',
    'http://127.0.0.1.example.com/',
    'https://127.0.0.1/',
    'http://10.0.0.1/',
  ]) {
    assert.throws(() => {
      github.setWebhook(hooked, { url })
    }, url)
  }
})

test('stops what is under way when it is closed', async (t) => {
  let arrive = (): void => undefined
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve
  })
  const { github, hooked } = await startHooked(t, {}, () => {
    arrive()
  })
  const delivery = github.deliver(hooked, { event: 'push', payload: {} })
  await arrived
  await github.close()
  assert.equal((await delivery)?.statusCode, 0)
  assert.equal(await github.deliver(hooked, { event: 'push', payload: {} }), undefined)
})
