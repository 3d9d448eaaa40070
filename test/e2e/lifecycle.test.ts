import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startProgram } from './support/service-process.ts'

const SECRET = 'ghs_0123456789abcdefghijklmnopqrstuvwxyz'

for (const kind of ['throw', 'reject'] as const) {
  test(`a failure that nobody caught (${kind}) is logged without secrets and ends the process with 1`, async (t) => {
    const program = startProgram(t, 'test/e2e/support/crash.ts', {}, [kind, SECRET])
    assert.equal((await program.exit).code, 1)
    assert.match(program.output(), /"severity":"ERROR"/)
    assert.match(program.output(), /crash on purpose/)
    assert.ok(!program.output().includes(SECRET))
  })
}
