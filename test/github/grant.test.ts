import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGrant } from '#pkg/github'

test('the body of a grant keeps no memory but its own', () => {
  for (const repositories of ['all', ['widgets']] as const) {
    const { body } = createGrant({ contents: 'read' }, repositories)
    assert.equal(body.buffer.byteLength, body.length)
    assert.deepEqual(JSON.parse(body.toString()), {
      ...(repositories === 'all' ? {} : { repositories }),
      permissions: { contents: 'read' },
    })
  }
})
