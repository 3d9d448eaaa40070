import { connect, createServer, type AddressInfo } from 'node:net'
import { describe, test, type TestContext } from 'node:test'
import { listen, startIssuerServer } from './support/issuer-server.ts'
import { createWorld, PUBLIC_ADDRESS, publish, rejectsWith, type World } from './support/world.ts'

/** What comes from the issuer's server, changed on its way; undefined breaks the connection. */
type Tamper = (chunk: Buffer, index: number) => Buffer | undefined

/** A world whose issuer is behind something that tampers with its bytes. */
async function createTamperedWorld(t: TestContext, tamper: Tamper): Promise<World> {
  const world = await createWorld(t, { fetchTimeoutMs: 1_000 })
  const server = await startIssuerServer(t)
  publish(server, [world.key])
  const middle = createServer((inward) => {
    const outward = connect({ host: '127.0.0.1', port: server.port })
    let index = 0
    inward.on('data', (chunk) => outward.write(chunk))
    outward.on('data', (chunk: Buffer) => {
      const changed = tamper(chunk, index++)
      if (changed === undefined) inward.resetAndDestroy()
      else inward.write(changed)
    })
    for (const [one, other] of [
      [inward, outward],
      [outward, inward],
    ] as const) {
      one.on('error', () => undefined).on('close', () => other.destroy())
    }
  })
  await listen(middle)
  t.after(() => middle.close())
  world.network.serve(PUBLIC_ADDRESS, (middle.address() as AddressInfo).port)
  return world
}

const GARBAGE = Buffer.alloc(2_000, 0xfe)

// Each of these would end the process if an error came when nobody listens.
describe('a connection that goes wrong is a failure of the network', () => {
  const tampers: Readonly<Record<string, Tamper>> = {
    'before TLS': () => GARBAGE,
    'right after the TLS handshake': (chunk, index) =>
      index === 0 ? Buffer.concat([chunk, GARBAGE]) : chunk,
    'after the TLS handshake': (chunk, index) => (index === 1 ? GARBAGE : chunk),
    'within a record of the answer': (chunk, index) =>
      index === 0 ? chunk : Buffer.concat([chunk.subarray(0, chunk.length / 2), GARBAGE]),
    'with a reset at once': () => undefined,
    'with a reset after the TLS handshake': (chunk, index) => (index === 0 ? chunk : undefined),
    'with a cut handshake': (chunk) => chunk.subarray(0, 10),
  }
  for (const [when, tamper] of Object.entries(tampers)) {
    test(when, async (t) => {
      const world = await createTamperedWorld(t, tamper)
      await rejectsWith(world.verify(), 'issuer_network', 'issuer_timeout')
      await new Promise((resolve) => setTimeout(resolve, 20))
    })
  }
})
