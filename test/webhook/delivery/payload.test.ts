import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DeliveryRequest } from '#pkg/webhook'
import { readExamples } from './support/examples.ts'
import { requestOf, startReceiver } from './support/receiver.ts'

const FORM = 'application/x-www-form-urlencoded'
const MAX_BYTES = 25 * 1024 * 1024

function form(body: string): DeliveryRequest {
  return requestOf(body, { 'Content-Type': FORM })
}

describe('a signed delivery', () => {
  const taken: readonly (readonly [label: string, request: DeliveryRequest, payload: unknown])[] = [
    ['JSON', requestOf('{"a":1}'), { a: 1 }],
    ['JSON with a charset', requestOf('{}', { 'Content-Type': 'Application/JSON ; charset=utf-8' }), {}],
    ['JSON that says it has no encoding', requestOf('{}', { 'Content-Encoding': 'Identity' }), {}],
    ['a form', form('payload=%7B%22a%22%3A%22b+c%2Bd%C3%A9%22%7D'), { a: 'b c+dé' }],
    ['a form with another parameter', form('x=1&payload={}'), {}],
    [
      'a form whose JSON holds a payload',
      form('payload={"payload=":"%26payload="}'),
      { 'payload=': '&payload=' },
    ],
    ['a list 99 deep within', requestOf(`{"a":${'['.repeat(99)}${']'.repeat(99)}}`), undefined],
    ['brackets in a string', requestOf(`{"a":"\\"${'['.repeat(500)}\\\\"}`), { a: `"${'['.repeat(500)}\\` }],
    ['many lists in a row', requestOf(`{"a":[${'[],'.repeat(500)}{}]}`), undefined],
  ]
  for (const [label, request, payload] of taken) {
    it(`is taken: ${label}`, async () => {
      const { receive, deliveries } = startReceiver()
      assert.equal((await receive(request)).status, 200)
      if (payload !== undefined) assert.deepEqual(deliveries[0]?.payload, payload)
    })
  }

  const refused: readonly (readonly [
    label: string,
    request: DeliveryRequest,
    status: number,
    reason: string,
  ])[] = [
    ['no content type', requestOf('{}', { 'Content-Type': [] }), 415, 'content_type'],
    [
      'two content types',
      requestOf('{}', { 'Content-Type': ['application/json', FORM] }),
      415,
      'content_type',
    ],
    ['text', requestOf('{}', { 'Content-Type': 'text/plain' }), 415, 'content_type'],
    [
      'a kind of JSON',
      requestOf('{}', { 'Content-Type': 'application/json-patch+json' }),
      415,
      'content_type',
    ],
    ['a multipart form', requestOf('{}', { 'Content-Type': 'multipart/form-data' }), 415, 'content_type'],
    ['compressed', requestOf('{}', { 'Content-Encoding': 'gzip' }), 415, 'content_encoding'],
    [
      'compressed twice',
      requestOf('{}', { 'Content-Encoding': ['identity', 'br'] }),
      415,
      'content_encoding',
    ],
    ['a form as JSON', requestOf('payload={}'), 400, 'payload_malformed'],
    ['JSON as a form', form('{}'), 400, 'form_malformed'],
    ['a form without payload', form('payloads={}'), 400, 'form_malformed'],
    ['a form with two payloads', form('payload={}&payload={}'), 400, 'form_malformed'],
    ['a form with a broken escape', form('payload={%}'), 400, 'form_malformed'],
    ['a form with bytes that are not UTF-8', form('payload={"a":"%ff"}'), 400, 'form_malformed'],
    ['a form of many parameters', form(`${'&'.repeat(100)}payload={}`), 400, 'form_malformed'],
    ['an empty payload', form('payload='), 400, 'payload_malformed'],
    ['nothing', requestOf(''), 400, 'payload_malformed'],
    ['bytes that are not UTF-8', requestOf(Buffer.from('{"a":"\xff"}', 'latin1')), 400, 'payload_malformed'],
    [
      'a surrogate in UTF-8',
      requestOf(Buffer.from('{"\xed\xa0\x80":1}', 'latin1')),
      400,
      'payload_malformed',
    ],
    ['no JSON', requestOf('{"a":}'), 400, 'payload_malformed'],
    ['JSON and more', requestOf('{}{}'), 400, 'payload_malformed'],
    ['a byte order mark', requestOf('\ufeff{}'), 400, 'payload_malformed'],
    ['a list', requestOf('[]'), 400, 'payload_malformed'],
    ['null', requestOf('null'), 400, 'payload_malformed'],
    ['a string', requestOf('"a"'), 400, 'payload_malformed'],
    ['101 levels', requestOf(`${'{"a":'.repeat(101)}1${'}'.repeat(101)}`), 400, 'payload_too_deep'],
    ['25 MiB of [', requestOf('['.repeat(MAX_BYTES)), 400, 'payload_too_deep'],
    ['25 MiB of {"":', requestOf('{"":'.repeat(MAX_BYTES / 4)), 400, 'payload_too_deep'],
    ['25 MiB of [ in a form', form(`payload=${'['.repeat(MAX_BYTES - 8)}`), 400, 'payload_too_deep'],
    [
      '25 MiB of a string without end',
      requestOf(`{"${'\\"'.repeat(MAX_BYTES / 2 - 1)}`),
      400,
      'payload_malformed',
    ],
    ['25 MiB of &', form('&'.repeat(MAX_BYTES)), 400, 'form_malformed'],
    ['no event', requestOf('{}', { 'X-GitHub-Event': [] }), 400, 'event_malformed'],
    ['two events', requestOf('{}', { 'X-GitHub-Event': ['push', 'push'] }), 400, 'event_malformed'],
    ['an odd event', requestOf('{}', { 'X-GitHub-Event': 'push\u001b[31m' }), 400, 'event_malformed'],
    ['a long event', requestOf('{}', { 'X-GitHub-Event': 'e'.repeat(65) }), 400, 'event_malformed'],
    ['two ids', requestOf('{}', { 'X-GitHub-Delivery': ['a', 'a'] }), 400, 'id_malformed'],
    ['an odd id', requestOf('{}', { 'X-GitHub-Delivery': '../a' }), 400, 'id_malformed'],
    ['a long id', requestOf('{}', { 'X-GitHub-Delivery': 'a'.repeat(65) }), 400, 'id_malformed'],
    [
      'an odd target',
      requestOf('{}', { 'X-GitHub-Hook-Installation-Target-ID': '1e3' }),
      400,
      'target_malformed',
    ],
    [
      'two targets',
      requestOf('{}', { 'X-GitHub-Hook-Installation-Target-ID': ['1', '2'] }),
      400,
      'target_malformed',
    ],
  ]
  for (const [label, request, status, reason] of refused) {
    it(`W: is refused: ${label}`, async () => {
      const { receive, deliveries, events } = startReceiver()
      const answer = await receive(request)
      assert.equal(answer.status, status)
      assert.equal(answer.body['code'], 3)
      assert.equal(events[0]?.reason, reason)
      assert.deepEqual(deliveries, [])
    })
  }

  it('without an id gets one that is used once', async () => {
    const { receive, deliveries } = startReceiver()
    for (const requestId of ['one', 'two']) {
      const { status } = await receive({ ...requestOf('{}', { 'X-GitHub-Delivery': [] }), requestId })
      assert.equal(status, 200)
    }
    assert.deepEqual(
      deliveries.map(({ id }) => id),
      ['one', 'two'],
    )
  })

  it('has the members __proto__ and constructor as its own', async () => {
    const { receive, deliveries, events } = startReceiver()
    const body = '{"__proto__":{"action":"opened","polluted":1},"constructor":{"prototype":{"polluted":1}}}'
    assert.equal((await receive(requestOf(body))).status, 200)
    const payload = deliveries[0]?.payload ?? {}
    assert.deepEqual(Object.keys(payload), ['__proto__', 'constructor'])
    assert.equal(payload['action'], undefined)
    assert.equal(events[0]?.action, undefined)
    assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false)
  })

  it("is taken for every example of GitHub's, as JSON and as a form", async () => {
    const { receive, deliveries } = startReceiver()
    for (const { name, examples: payloads } of readExamples()) {
      for (const payload of payloads) {
        const json = JSON.stringify(payload)
        const body = new URLSearchParams({ payload: json }).toString()
        for (const request of [
          requestOf(json, { 'X-GitHub-Event': name }),
          requestOf(body, { 'X-GitHub-Event': name, 'Content-Type': FORM }),
        ]) {
          assert.equal((await receive(request)).status, 200, name)
          assert.equal(deliveries.at(-1)?.event, name)
          assert.deepEqual(deliveries.at(-1)?.payload, JSON.parse(json), name)
        }
      }
    }
    assert.ok(deliveries.length > 200, String(deliveries.length))
  })
})
