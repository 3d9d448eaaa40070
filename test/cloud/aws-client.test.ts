import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { Agent } from 'undici'
import { toAwsError } from '../../pkg/cloud/aws-client.ts'

test('AWS: nothing is shown of what it says about a wrong signature, which quotes the session token', (t) => {
  const dispatcher = new Agent()
  t.after(() => dispatcher.close())
  const thrown = Object.assign(
    new Error('The Canonical String should have been x-amz-security-token:SESSION'),
    {
      name: 'InvalidSignatureException',
      $metadata: { httpStatusCode: 403 },
    },
  )
  const error = toAwsError({ provider: 'aws', reason: 'app_key_unavailable', dispatcher }, thrown)
  assert.equal(error.reason, 'app_key_unavailable')
  assert.doesNotMatch(inspect(error, { depth: 5 }), /SESSION/)
})
