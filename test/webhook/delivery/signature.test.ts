import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, it } from 'node:test'
import { Webhooks } from '@octokit/webhooks'
import type { DeliveryRequest } from '#pkg/webhook'
import { requestOf, SECRET, signatureOf, startReceiver } from './support/receiver.ts'

const BODY = '{"action":"opened"}'
const GOOD = signatureOf(BODY)
const SHA1 = `sha1=${createHmac('sha1', SECRET).update(BODY).digest('hex')}`

describe('a delivery that is not signed', () => {
  const refused: readonly (readonly [label: string, request: DeliveryRequest, reason: string])[] = [
    ['no signature', requestOf(BODY, { 'X-Hub-Signature-256': [] }), 'signature_missing'],
    [
      'SHA-1 alone',
      requestOf(BODY, { 'X-Hub-Signature-256': [], 'X-Hub-Signature': SHA1 }),
      'signature_missing',
    ],
    ['SHA-1 in its place', requestOf(BODY, { 'X-Hub-Signature-256': SHA1 }), 'signature_malformed'],
    ['the good one twice', requestOf(BODY, { 'X-Hub-Signature-256': [GOOD, GOOD] }), 'signature_repeated'],
    [
      'a bad one before the good one',
      requestOf(BODY, { 'x-hub-signature-256': signatureOf('x'), 'X-HUB-SIGNATURE-256': GOOD }),
      'signature_repeated',
    ],
    [
      'two in one header',
      requestOf(BODY, { 'X-Hub-Signature-256': `${GOOD}, ${GOOD}` }),
      'signature_malformed',
    ],
    ['an empty one', requestOf(BODY, { 'X-Hub-Signature-256': '' }), 'signature_malformed'],
    ['digits alone', requestOf(BODY, { 'X-Hub-Signature-256': GOOD.slice(7) }), 'signature_malformed'],
    ['63 digits', requestOf(BODY, { 'X-Hub-Signature-256': GOOD.slice(0, -1) }), 'signature_malformed'],
    ['65 digits', requestOf(BODY, { 'X-Hub-Signature-256': `${GOOD}0` }), 'signature_malformed'],
    [
      'no digits',
      requestOf(BODY, { 'X-Hub-Signature-256': `sha256=${'g'.repeat(64)}` }),
      'signature_malformed',
    ],
    ['a line feed', requestOf(BODY, { 'X-Hub-Signature-256': `${GOOD}\n` }), 'signature_malformed'],
    [
      'a letter outside ASCII',
      requestOf(BODY, { 'X-Hub-Signature-256': `${GOOD.slice(0, -1)}é` }),
      'signature_malformed',
    ],
    [
      'upper-case digits',
      requestOf(BODY, { 'X-Hub-Signature-256': GOOD.toUpperCase() }),
      'signature_malformed',
    ],
    [
      'an upper-case prefix',
      requestOf(BODY, { 'X-Hub-Signature-256': GOOD.replace('sha256', 'SHA256') }),
      'signature_malformed',
    ],
    [
      'another secret',
      requestOf(BODY, { 'X-Hub-Signature-256': signatureOf(BODY, 'x') }),
      'signature_mismatch',
    ],
    [
      'another body',
      requestOf(BODY, { 'X-Hub-Signature-256': signatureOf(`${BODY} `) }),
      'signature_mismatch',
    ],
    [
      'no body, with the signature of another',
      requestOf('', { 'X-Hub-Signature-256': GOOD }),
      'signature_mismatch',
    ],
    [
      'a body that is not UTF-8, and the signature of its replacement',
      requestOf(Buffer.from([0xff]), { 'X-Hub-Signature-256': signatureOf('\ufffd') }),
      'signature_mismatch',
    ],
  ]
  for (const [label, request, reason] of refused) {
    it(`W: is refused: ${label}`, async () => {
      const { receive, deliveries, events } = startReceiver()
      const answer = await receive(request)
      assert.equal(answer.status, 401)
      assert.equal(answer.body['code'], 16)
      assert.deepEqual(Object.keys(answer.headers), ['WWW-Authenticate'])
      assert.equal(events[0]?.reason, reason)
      assert.equal(events[0].outcome, 'refused')
      assert.equal(events[0].action, undefined)
      assert.deepEqual(deliveries, [])
    })
  }

  it('is refused for its signature, whatever else is wrong with it', async () => {
    const { receive, events } = startReceiver()
    const request = requestOf('[', {
      'X-Hub-Signature-256': signatureOf('{}'),
      'X-GitHub-Event': [],
      'Content-Type': 'text/plain',
    })
    assert.equal((await receive(request)).status, 401)
    assert.equal(events[0]?.reason, 'signature_mismatch')
  })
})

describe('a delivery that is signed', () => {
  it('is worked with any of several secrets', async () => {
    const secrets = ['new', SECRET, 'é \u{1f511} old']
    const { receive, deliveries } = startReceiver(undefined, secrets)
    for (const secret of secrets) {
      const request = requestOf(BODY, { 'X-Hub-Signature-256': signatureOf(BODY, secret) })
      assert.equal((await receive(request)).status, 200)
    }
    assert.equal(deliveries.length, 3)
    const part = requestOf(BODY, { 'X-Hub-Signature-256': signatureOf(BODY, 'a secret') })
    assert.equal((await receive(part)).status, 401)
  })

  it('is worked where a SHA-1 signature, even a wrong one, stands beside', async () => {
    const { receive } = startReceiver()
    assert.equal((await receive(requestOf(BODY, { 'X-Hub-Signature': 'sha1=0' }))).status, 200)
  })

  it('is verified over its bytes, whatever characters they are', async () => {
    const { receive, deliveries } = startReceiver()
    const body = '{"text":"é \u{1f511} \u2028 \\u0000"}\r\n'
    assert.equal((await receive(requestOf(body))).status, 200)
    assert.deepEqual(deliveries[0]?.payload, JSON.parse(body))
  })

  it("is worked as GitHub's own library signs it", async () => {
    const signer = new Webhooks({ secret: SECRET })
    for (const body of [BODY, '{"text":"é \u{1f511}"}', `{"text":"${'x'.repeat(100_000)}"}`]) {
      const request = requestOf(body, { 'X-Hub-Signature-256': await signer.sign(body) })
      assert.equal((await startReceiver().receive(request)).status, 200)
    }
  })

  it("matches GitHub's own example", async () => {
    // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
    const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
    const { receive, events } = startReceiver(undefined, ["It's a Secret to Everybody"])
    const answer = await receive(requestOf('Hello, World!', { 'X-Hub-Signature-256': signature }))
    assert.equal(answer.status, 400)
    assert.equal(events[0]?.reason, 'payload_malformed')
  })

  it('is never worked without a secret', async () => {
    const { receive } = startReceiver(undefined, [])
    const request = requestOf(BODY, { 'X-Hub-Signature-256': signatureOf(BODY, '') })
    assert.equal((await receive(request)).status, 401)
  })
})
