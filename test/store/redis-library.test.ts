import assert from 'node:assert/strict'
import { register } from 'node:module'
import { test } from 'node:test'
import { StsError } from '#pkg/errors'
import { createRedisStore } from '#pkg/store'

// For this process, which runs this file only: the package is not there.
const hook = `export async function resolve(name, context, next) {
  if (name === 'ioredis') throw Object.assign(new Error('not found'), { code: 'ERR_MODULE_NOT_FOUND' })
  return next(name, context)
}`
register(`data:text/javascript,${encodeURIComponent(hook)}`)

test('a store in Redis without its client names the command that installs it', async () => {
  await assert.rejects(createRedisStore({ url: 'redis://127.0.0.1:1' }), (thrown) => {
    assert.ok(thrown instanceof StsError)
    assert.equal(thrown.reason, 'store_unavailable')
    assert.match(String(thrown.detail['problem']), /npm install ioredis/)
    return true
  })
})
