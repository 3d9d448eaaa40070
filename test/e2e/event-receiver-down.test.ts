import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { startDeployment } from './support/deployment.ts'
import { startHttpReceiver } from './support/http-receiver.ts'

/** A receiver that takes nothing. */
function startBrokenReceiver(t: TestContext): Promise<string> {
  return startHttpReceiver(t, () => ({ status: 500 }))
}

async function ask(url: string, bearer: string): Promise<{ status: number; body: string }> {
  const response = await fetch(`${url}/sts/exchange?scope=acme/app&identity=reader`, {
    headers: { authorization: `Bearer ${bearer}` },
  })
  return { status: response.status, body: await response.text() }
}

describe('a receiver of events that answers 500', () => {
  test('keeps nobody from a token where it is told as well as can be', async (t) => {
    const { url, token, app } = await startDeployment(t, { EVENT_INGRESS_URI: await startBrokenReceiver(t) })
    for (let round = 0; round < 20; round++) assert.equal((await ask(url, await token())).status, 200)
    await app.saw(/"message":"events are not delivered"/)
    assert.equal((await ask(url, await token({ sub: 'somebody' }))).status, 403)
    app.child.kill('SIGTERM')
    assert.equal((await app.exit).code, 0, 'and it ends in time')
  })

  test('keeps everybody from a token where it is required, and the token that was made is revoked', async (t) => {
    const { url, token, app, github } = await startDeployment(t, {
      EVENT_INGRESS_URI: await startBrokenReceiver(t),
      STS_EVENT_DELIVERY: 'required',
    })
    const { status, body } = await ask(url, await token())
    assert.equal(status, 503)
    assert.match(body, /"AUDIT_UNAVAILABLE"/)
    await app.saw(/"message":"exchange REVOKED"/)
    assert.doesNotMatch(app.output(), /"message":"exchange OK"/)
    assert.equal((await ask(url, await token({ sub: 'somebody' }))).status, 403, 'denials are answered')
    app.child.kill('SIGTERM')
    assert.equal((await app.exit).code, 0)
    assert.equal(github.liveTokens().length, 0)
  })
})
