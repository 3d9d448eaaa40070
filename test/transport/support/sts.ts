import type { TestContext } from 'node:test'

import { denialOf, mismatchDenial } from '#pkg/errors'
import type { Exchange, ExchangeCall, ExchangeOutcome } from '#pkg/exchange'
import {
  createServer,
  type AnswerEvent,
  type CutCause,
  type ServerOptions,
  type StsServer,
} from '#pkg/transport'

export const TOKEN = 'ghs_secretTokenOfTheTest'

export interface RunningSts {
  readonly port: number
  readonly server: StsServer
  /** Every call the exchange got, in order. */
  readonly calls: ExchangeCall[]
  readonly answers: AnswerEvent[]
  readonly cuts: CutCause[]
  readonly defects: unknown[]
  /** Request ids of grants whose answer was not delivered. */
  readonly abandoned: string[]
  /** Lets the exchanges of the identity `slow` go on. */
  release: () => void
}

/** Starts the service on a free port with an exchange that acts by the identity; closed after the test. */
export async function startSts(t: TestContext, options: Partial<ServerOptions> = {}): Promise<RunningSts> {
  const calls: ExchangeCall[] = []
  const answers: AnswerEvent[] = []
  const cuts: CutCause[] = []
  const defects: unknown[] = []
  const abandoned: string[] = []
  let waiting: (() => void)[] = []

  function grant(call: ExchangeCall): ExchangeOutcome {
    return {
      ok: true,
      token: TOKEN,
      expiresAt: '2026-01-01T00:00:00Z',
      permissions: { issues: 'write', contents: 'read' },
      repositories: ['repo'],
      policy: { path: '.github/chainguard/ci.sts.yaml', blob: 'a'.repeat(40) },
      abandon: () => abandoned.push(call.requestId),
    }
  }
  const exchange: Exchange = async (call) => {
    calls.push(call)
    switch (call.identity) {
      case 'denied':
        return {
          ok: false,
          denial: mismatchDenial({ field: 'subject', actual: 'repo:a/b', expected: 'repo:a/c' }),
        }
      case 'limited':
        return { ok: false, denial: denialOf('RATE_LIMITED', 1_500) }
      case 'nobody':
        return { ok: false, denial: denialOf('TOKEN_MISSING') }
      case 'no-expiry':
        return { ...grant(call), expiresAt: '' }
      case 'everything':
        return { ...grant(call), repositories: undefined }
      case 'throws':
        throw new Error(`a defect that knows ${TOKEN}`)
      case 'stubborn': // never looks at its signal
        await new Promise<void>((resolve) => waiting.push(resolve))
        return grant(call)
      case 'slow':
        return new Promise((resolve) => {
          waiting.push(() => {
            resolve(grant(call))
          })
          call.signal.addEventListener('abort', () => {
            resolve({ ok: false, denial: denialOf('DEADLINE_EXCEEDED') })
          })
        })
      default:
        return grant(call)
    }
  }
  const server = createServer({
    exchange,
    readiness: () => ({ ready: true, detail: { keys: 1 } }),
    domain: 'sts.example.com',
    documentationUrl: 'https://example.com/docs',
    host: '127.0.0.1',
    port: 0,
    observer: {
      answered: (event) => answers.push(event),
      cut: (cause) => cuts.push(cause),
      unexpected: (thrown) => defects.push(thrown),
    },
    ...options,
  })
  const port = await server.listen()
  t.after(() => server.close({ graceMs: 0 }))
  return {
    port,
    server,
    calls,
    answers,
    cuts,
    defects,
    abandoned,
    release: () => {
      const released = waiting
      waiting = []
      for (const go of released) go()
    },
  }
}

/** Waits until `condition` holds; fails the test after five seconds. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (condition()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`did not happen within 5 s: ${what}`)
}
