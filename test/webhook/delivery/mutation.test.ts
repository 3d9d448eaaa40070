import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { DeliveryRequest } from '#pkg/webhook'
import { requestOf, SECRET, signatureOf, startReceiver } from './support/receiver.ts'

const BODY = '{"action":"opened","number":1,"repository":{"name":"app","owner":{"login":"acme"}}}'
const SIGNATURE = signatureOf(BODY)

const anyBytes = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))

/** The body with some of its bytes overwritten, dropped or added. */
const mutatedBody = fc
  .tuple(fc.nat(BODY.length), fc.nat(8), fc.uint8Array({ maxLength: 8 }))
  .map(([at, dropped, added]) =>
    Buffer.concat([Buffer.from(BODY.slice(0, at)), added, Buffer.from(BODY.slice(at + dropped))]),
  )

const headerText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom('push', 'application/json', 'application/x-www-form-urlencoded', SIGNATURE, '1', ''),
)
const headerNames = fc.constantFrom(
  'X-Hub-Signature-256',
  'x-hub-signature-256',
  'X-Hub-Signature',
  'X-GitHub-Event',
  'X-GitHub-Delivery',
  'X-GitHub-Hook-Installation-Target-ID',
  'Content-Type',
  'Content-Encoding',
  '__proto__',
)
const mutatedHeaders = fc
  .array(fc.tuple(headerNames, fc.oneof(headerText, fc.array(headerText, { maxLength: 3 }))), {
    maxLength: 3,
  })
  .map((entries) => Object.fromEntries(entries))

/** Whether the one signature of a request is that of its bytes. */
function isSigned({ rawHeaders, body }: DeliveryRequest): boolean {
  const signatures = rawHeaders.filter(
    (_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === 'x-hub-signature-256',
  )
  return signatures.length === 1 && signatures[0] === signatureOf(body, SECRET)
}

test('no mutation of a delivery gives a 5xx, and none is worked unless it is signed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(mutatedBody, anyBytes), mutatedHeaders, async (body, headers) => {
      const { receive, deliveries, defects } = startReceiver()
      const request = requestOf(body, { 'X-Hub-Signature-256': SIGNATURE, ...headers })
      const { status } = await receive(request)
      assert.ok([200, 400, 401, 415].includes(status), String(status))
      assert.equal(status === 401, !isSigned(request))
      assert.equal(deliveries.length, status === 200 ? 1 : 0)
      assert.deepEqual(defects, [])
    }),
    { numRuns: 1_000 },
  )
})

test('whatever is signed gives an answer below 500', async () => {
  const anyText = fc.oneof(
    anyBytes,
    mutatedBody,
    fc.json().map((json) => Buffer.from(json)),
    fc.webQueryParameters().map((query) => Buffer.from(`payload=${query}`)),
  )
  const types = fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/plain')
  await fc.assert(
    fc.asyncProperty(anyText, types, async (body, type) => {
      const { receive, deliveries, defects } = startReceiver()
      const { status } = await receive(requestOf(body, { 'Content-Type': type }))
      assert.ok(status < 500, String(status))
      assert.equal(deliveries.length, status === 200 ? 1 : 0)
      assert.deepEqual(defects, [])
    }),
    { numRuns: 1_000 },
  )
})
