import assert from 'node:assert/strict'
import { verify } from 'node:crypto'
import { describe, test } from 'node:test'
import { createKmsSigner } from '#pkg/signer'
import { createAppJwt } from '../../pkg/github/app-jwt.ts'
import { PUBLIC_KEY, startKeyService } from './support/start-key-service.ts'

const never = new AbortController().signal

describe('the JWT of an App whose key is in a key service', () => {
  for (const provider of ['gcp', 'aws', 'akv'] as const) {
    test(`costs one signature in eight minutes (${provider})`, async (t) => {
      const service = await startKeyService(t, provider)
      const { name, dispatcher } = service
      const signer = await createKmsSigner({ provider, name, dispatcher })
      let time = Date.parse('2026-08-01T12:00:00Z')
      const jwt = createAppJwt({ appId: '7', signer, now: () => time })

      const tokens = new Set(await Promise.all(Array.from({ length: 100 }, () => jwt.get(never))))
      assert.equal(tokens.size, 1)
      time += 8 * 60_000 - 1
      tokens.add(await jwt.get(never))
      assert.equal(service.signatures(), 1)

      const [header = '', payload = '', signature = ''] = [...tokens].join().split('.')
      const input = Buffer.from(`${header}.${payload}`)
      assert.ok(verify('sha256', input, PUBLIC_KEY, Buffer.from(signature, 'base64url')))
      time += 1
      await jwt.get(never)
      assert.equal(service.signatures(), 2)
    })
  }
})
