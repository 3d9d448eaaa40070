// A process of its own: all attackers and their issuers.
import { setMaxListeners } from 'node:events'
import { Agent } from 'node:http'
import { ATTACKS } from '../attacks/index.ts'
import type { Arena, Attack } from '../attacks/attack.ts'
import type { AttackOrder, AttackReport } from '../messages.ts'
import { pace, sleep } from '../pace.ts'
import { DOMAIN } from '../world/names.ts'
import { BEHAVIOURS } from './behaviours.ts'
import { startHostileIssuers } from './hostile-issuers.ts'
import { planTurns, type Turn } from './schedule.ts'

/** Attempts of one attack at a time. */
const AT_ONCE = 200
/** Connections for whole requests. */
const SOCKETS_MAX = 200
/** After the last turn: what is still under way may take this long. */
const PATIENCE_MS = 11_000
/** And the connections that are still open this long to be closed. */
const CLOSE_MAX_MS = 5_000

// Thousands of attempts wait for one end.
setMaxListeners(0)
const issuers = await startHostileIssuers(BEHAVIOURS, DOMAIN)
const stopped = new AbortController()
const over = new AbortController()
const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX })
const connections = { now: 0, peak: 0 }
const outcomes = new Map<string, Map<string, number>>()
/** Attempts go on counting where the last turn of the attack ended, so that names are new; from the seed. */
const attempts = new Map<string, number>()

process.on('disconnect', () => process.exit())
process.on('message', (order: AttackOrder) => {
  if (order.kind === 'stop') stopped.abort()
  else void attack(order)
})

function report(message: AttackReport): void {
  process.send?.(message)
}

async function attack(order: Extract<AttackOrder, { kind: 'attack' }>): Promise<void> {
  const { port, domain, durationMs, seed, rate, only } = order
  const arena: Arena = { port, domain, issuers, agent, over: over.signal, connections }
  const turns = planTurns(
    ATTACKS.filter(({ name }) => only.includes(name)),
    durationMs,
    seed,
  )
  const startedAt = performance.now()
  const taking = Promise.all(turns.map((turn) => takeTurn(turn, { startedAt, rate, seed }, arena)))
  await sleep(durationMs, stopped.signal)
  await Promise.race([taking, sleep(PATIENCE_MS)])
  over.abort()
  await Promise.race([taking, sleep(CLOSE_MAX_MS)])
  agent.destroy()
  issuers.close()
  report({
    kind: 'done',
    outcomes: Object.fromEntries([...outcomes].map(([name, words]) => [name, Object.fromEntries(words)])),
    connectionsPeak: connections.peak,
  })
}

interface Timing {
  readonly startedAt: number
  readonly rate: number
  readonly seed: number
}

async function takeTurn(
  { attack, fromMs, toMs }: Turn<Attack>,
  { startedAt, rate, seed }: Timing,
  arena: Arena,
): Promise<void> {
  const { name, perSecond, atMost, atOnce = AT_ONCE } = attack
  await sleep(startedAt + fromMs - performance.now(), stopped.signal)
  const turn = new AbortController()
  const endTurn = (): void => {
    turn.abort()
  }
  // Not AbortSignal.any() with a time-out: Node 20 may collect that as garbage before its time.
  const timer = setTimeout(endTurn, startedAt + toMs - performance.now())
  stopped.signal.addEventListener('abort', endTurn)
  if (stopped.signal.aborted) endTurn()
  await pace({ perSecond: rate * perSecond, atMost, atOnce, signal: turn.signal }, async () => {
    const n = attempts.get(name) ?? seed
    attempts.set(name, n + 1)
    const word = await attack.attempt(arena, n)
    const words = outcomes.get(name) ?? new Map<string, number>()
    outcomes.set(name, words.set(word, (words.get(word) ?? 0) + 1))
  })
  clearTimeout(timer)
}

report({ kind: 'ready', hostileIssuer: issuers.issuerOf('valid', 0) })
