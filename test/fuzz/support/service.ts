import assert from 'node:assert/strict'
import net from 'node:net'
import type { TestContext } from 'node:test'
import type { ExchangeCall } from '#pkg/exchange'
import { parseAnswer } from '../../transport/support/raw.ts'
import { startSts, until, type RunningSts } from '../../transport/support/sts.ts'

/** Short, so that a connection that is left alone ends soon; long enough for a busy machine to answer. */
const LIMITS = {
  headersMs: 400,
  requestMs: 1_500,
  firstRequestMs: 500,
  deliveryMs: 500,
  idleMs: 250,
  probeMs: 1_000,
  probeTimeoutMs: 500,
}

/** All limits that one connection can run into after the other, and a busy machine, in milliseconds. */
const END_MAX_MS = 15_000

/** What a client does when it has sent everything: waits, closes its side, or is gone at once. */
export type Farewell = 'wait' | 'end' | 'reset'

/** One connection: what is written, one piece after the other. */
export interface Visit {
  readonly pieces: readonly Buffer[]
  readonly farewell: Farewell
}

export interface FuzzedService {
  readonly sts: RunningSts
  /** Makes the visits all at once, and gives what each received before the service ended the connection. */
  visit(visits: readonly Visit[]): Promise<readonly Buffer[]>
  /** The calls that came out of the last visits. */
  calls(): readonly ExchangeCall[]
}

/** Starts the service, and fails the run in which it does what it never should. */
export async function startFuzzedService(t: TestContext): Promise<FuzzedService> {
  const sts = await startSts(t, { limits: LIMITS, reflection: true })
  const crashes: unknown[] = []
  const onCrash = (thrown: unknown): void => void crashes.push(thrown)
  process.on('uncaughtException', onCrash).on('unhandledRejection', onCrash)
  t.after(() => process.off('uncaughtException', onCrash).off('unhandledRejection', onCrash))
  const idleSockets = openSockets()

  return {
    sts,
    calls: () => sts.calls,
    async visit(visits) {
      sts.calls.length = 0
      sts.answers.length = 0
      sts.cuts.length = 0
      const received = await Promise.all(visits.map((visit) => pay(sts.port, visit)))
      await assertHealthy(sts.port)
      await until(() => openSockets() <= idleSockets, 'all connections are closed')
      assert.deepEqual(crashes.splice(0), [], 'nothing is thrown that nobody catches')
      assert.deepEqual(sts.defects.splice(0), [], 'no defect is reported')
      return received
    },
  }
}

/** Sockets of this process, of clients and of the service; a listening one is none. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
}

/** Writes, waits and reads until the service has ended the connection; fails when it does not. */
async function pay(port: number, { pieces, farewell }: Visit): Promise<Buffer> {
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: farewell === 'end' })
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('error', () => {
    // A reset is one way for the service to end a connection.
  })
  const closed = new Promise<void>((resolve) => {
    socket.once('end', resolve).once('close', resolve)
  })
  for (const piece of pieces) {
    socket.write(piece)
    await new Promise((resolve) => setImmediate(resolve))
  }
  if (farewell === 'end') socket.end()
  if (farewell === 'reset') socket.resetAndDestroy()
  let timer: NodeJS.Timeout | undefined
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('the connection was not ended'))
    }, END_MAX_MS)
  })
  try {
    await Promise.race([closed, overdue])
  } finally {
    clearTimeout(timer)
    socket.destroy()
  }
  return Buffer.concat(chunks)
}

async function assertHealthy(port: number): Promise<void> {
  const pieces = [Buffer.from('GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')]
  const answer = parseAnswer(await pay(port, { pieces, farewell: 'wait' }))
  assert.equal(answer.status, 200, 'health goes on answering')
}
