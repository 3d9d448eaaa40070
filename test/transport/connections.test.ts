import assert from 'node:assert/strict'
import { test } from 'node:test'

import { http1Client } from './support/http.ts'
import { connectRaw, rawRequest } from './support/raw.ts'
import { startSts, until } from './support/sts.ts'

test('answers health at once while silent sockets fill the table of connections', async (t) => {
  const sts = await startSts(t, { limits: { connections: 50 } })
  const silent = await Promise.all(Array.from({ length: 200 }, () => connectRaw(t, sts.port)))
  await until(() => sts.cuts.length >= 150, 'the oldest are closed')
  const send = http1Client(sts.port)
  for (let round = 0; round < 10; round += 1) {
    assert.equal((await send({ path: '/healthz' })).status, 200)
  }
  await silent[0]?.closed
  assert.ok(sts.cuts.every((cause) => cause === 'connections_full'))
})

test('never closes a connection to make room while its request is being answered', async (t) => {
  const sts = await startSts(t, { limits: { connections: 10 } })
  const busy = await connectRaw(t, sts.port)
  busy.socket.write('GET /sts/exchange?identity=slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  await until(() => sts.calls.length === 1, 'the call')
  await Promise.all(Array.from({ length: 50 }, () => connectRaw(t, sts.port)))
  await until(() => sts.cuts.length >= 41, 'others are closed')
  sts.release()
  assert.match((await busy.closed).toString(), /^HTTP\/1\.1 200/)
})

test('a silent socket goes before an idle one, and that before none', async (t) => {
  const sts = await startSts(t, { limits: { connections: 2 } })
  const idle = await connectRaw(t, sts.port)
  idle.socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
  await until(() => idle.received().includes('200 OK'), 'the answer')
  const silent = await connectRaw(t, sts.port)
  await rawRequest(t, sts.port, 'GET /healthz HTTP/1.0\r\n\r\n')
  await silent.closed
  assert.equal(idle.socket.destroyed, false)

  const busy = await connectRaw(t, sts.port)
  busy.socket.write('GET /sts/exchange?identity=slow HTTP/1.1\r\nHost: x\r\n\r\n')
  await until(() => sts.calls.length === 1, 'the call')
  await rawRequest(t, sts.port, 'GET /healthz HTTP/1.0\r\n\r\n')
  await idle.closed
  assert.equal(busy.socket.destroyed, false)
})

test('refuses a connection when all others are being answered', async (t) => {
  const sts = await startSts(t, { limits: { connections: 1 } })
  const busy = await connectRaw(t, sts.port)
  busy.socket.write('GET /sts/exchange?identity=slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  await until(() => sts.calls.length === 1, 'the call')
  const refused = await connectRaw(t, sts.port)
  assert.equal((await refused.closed).length, 0)
  sts.release()
  assert.match((await busy.closed).toString(), /^HTTP\/1\.1 200/)
})
