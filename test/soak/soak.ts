import { setMaxListeners } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HELD } from './attacks/attack.ts'
import { ATTACKS } from './attacks/index.ts'
import { createGoodClients, type GoodClients } from './good/exchanges.ts'
import { createHealthChecks, type HealthChecks } from './good/health.ts'
import type { AttackOrder, AttackReport, WorldOrder, WorldReport } from './messages.ts'
import type { SoakOptions } from './options.ts'
import { sleep } from './pace.ts'
import { SOURCE_LOADER, startChild, type Child, type Exit } from './processes/child.ts'
import { startService, type ServiceProcess } from './processes/service.ts'
import { usageOf, type Usage } from './processes/usage.ts'
import { readLog } from './report/log.ts'
import { latencyOf, type AttackResult, type SoakResult } from './report/result.ts'
import { DOMAIN } from './world/names.ts'

/** Before the attacks: what is loaded and kept at the first use is there. */
const WARM_UP_MS = 1_500
/** What goes wrong with reads of the good clients' policy changes that often. */
const DISTURBANCE_MS = 1_000
/** After the attacks the service has this long to let go of what it holds. */
const SETTLE_MAX_MS = 20_000
const SETTLE_LOOK_MS = 500
const SETTLED_SLACK = 4
/** Between SIGTERM and the end. */
const STOP_MAX_MS = 12_000

/** Runs one soak: everything is started, attacked, measured, stopped. `say` is told how it goes. */
export async function runSoak(options: SoakOptions, say: (line: string) => void): Promise<SoakResult> {
  const folder = mkdtempSync(join(tmpdir(), 'github-sts-soak-'))
  const children: { readonly process: Child<never, never>['process'] }[] = []
  try {
    const attackers = startOwn<AttackOrder, AttackReport>('attackers/main.ts')
    children.push(attackers)
    const { hostileIssuer } = await attackers.next('ready')
    const world = startOwn<WorldOrder, WorldReport>('world/main.ts', hostileIssuer)
    children.push(world)
    const { facts, disturbances } = await world.next('ready')
    const logFile = options.log ?? join(folder, 'service.log')
    const service = await startService({ facts, logFile, dist: options.dist })
    children.push(service.child)
    const good = await createGoodClients(service.port, facts.issuer)
    const health = createHealthChecks(service.port)

    const parts = { attackers, world, service, good, health, disturbances }
    const measured = await besiege(parts, options, say)
    const tokens = await judgeTokens(good, world)
    const exit = await stop(service)
    const secrets = [...good.tokens, ...good.bearers].flatMap((token) => token.split('.').slice(1))
    return { ...measured, tokens, exit, log: await readLog(logFile, secrets) }
  } finally {
    for (const { process } of children) process.kill('SIGKILL')
    rmSync(folder, { recursive: true })
  }
}

function startOwn<In extends { kind: string }, Out extends { kind: string }>(
  file: string,
  ...args: readonly string[]
): Child<In, Out> {
  const path = fileURLToPath(new URL(file, import.meta.url))
  return startChild<In, Out>({ args: [...SOURCE_LOADER, path, ...args] })
}

interface Parts {
  readonly attackers: Child<AttackOrder, AttackReport>
  readonly world: Child<WorldOrder, WorldReport>
  readonly service: ServiceProcess
  readonly good: GoodClients
  readonly health: HealthChecks
  readonly disturbances: number
}

async function besiege(
  parts: Parts,
  { minutes, seed, rate, only }: SoakOptions,
  say: (line: string) => void,
): Promise<Omit<SoakResult, 'tokens' | 'exit' | 'log'>> {
  const { attackers, service, good, health } = parts
  const durationMs = minutes * 60_000
  const look = (): Usage => usageOf(service.child.process.pid)
  const peace = new AbortController()
  setMaxListeners(0, peace.signal)
  let died: Exit | undefined
  void service.child.exit.then((exit) => {
    died = exit
    attackers.send({ kind: 'stop' })
    peace.abort()
  })

  await good.warmUp()
  await sleep(WARM_UP_MS, peace.signal)
  const start = { heapBytes: await service.liveHeap(), ...look() }
  const clients = Promise.all([good.run(peace.signal), health.run(peace.signal)])
  service.resetLoop()
  say(`attacking port ${service.port} for ${minutes} min; before: ${start.descriptors ?? '?'} descriptors`)
  attackers.send({ kind: 'attack', port: service.port, domain: DOMAIN, durationMs, seed, rate, only })
  const done = attackers.next('done')
  done.catch(() => {
    // Awaited below, when half of the time is over.
  })
  await sleep(durationMs / 2, peace.signal)
  const middle = look()
  say('half of it is over; reads of the good policy go wrong for a while')
  await disturb(parts, durationMs / 4, peace.signal)
  const { outcomes, connectionsPeak } = await done
  const loop = service.loop()
  const hasDied = died
  say('the attackers have left')
  peace.abort()
  await clients
  good.close()
  health.close()
  for (let waited = 0; waited < SETTLE_MAX_MS && !isSettled(start, look()); waited += SETTLE_LOOK_MS) {
    await sleep(SETTLE_LOOK_MS)
  }
  const end = { heapBytes: await service.liveHeap(), ...look() }

  return {
    ...{ minutes, seed, rate, node: process.version, connectionsPeak, loop, died: hasDied },
    usage: { start, middle, end },
    good: good.tallies.map(({ name, sent, latenciesMs, problems }) => ({
      ...{ name, sent, answered: latenciesMs.length, problems: Object.fromEntries(problems) },
      ...latencyOf(latenciesMs),
    })),
    health: health.tallies.map(({ name, latenciesMs, failed }) => ({
      ...{ name, failed, checks: latenciesMs.length + failed },
      ...latencyOf(latenciesMs),
    })),
    attacks: ATTACKS.filter(({ name }) => only.includes(name)).map(
      ({ name, rows, answers }): AttackResult => {
        const met = outcomes[name] ?? {}
        const unexpected = Object.entries(met).filter(([word]) => word !== HELD && !answers.includes(word))
        return { name, rows, outcomes: met, unexpected: Object.fromEntries(unexpected) }
      },
    ),
  }
}

/** One thing after the other goes wrong while the good clients' policy is read again. */
async function disturb({ world, disturbances }: Parts, forMs: number, signal: AbortSignal): Promise<void> {
  const until = performance.now() + forMs
  for (let n = 0; performance.now() < until && !signal.aborted; n++) {
    world.send({ kind: 'disturb', disturbance: n % disturbances })
    await sleep(Math.min(DISTURBANCE_MS, forMs / disturbances), signal)
  }
  world.send({ kind: 'disturb', disturbance: undefined })
}

function isSettled({ descriptors: before }: Usage, { descriptors: now }: Usage): boolean {
  return before === undefined || now === undefined || now <= before + SETTLED_SLACK
}

async function judgeTokens(
  { tokens }: GoodClients,
  world: Child<WorldOrder, WorldReport>,
): Promise<SoakResult['tokens']> {
  world.send({ kind: 'judge', tokens })
  const { wrong } = await world.next('judged')
  return { received: tokens.length, wrong, repeated: tokens.length - new Set(tokens).size }
}

async function stop({ child }: ServiceProcess): Promise<Exit> {
  child.process.kill('SIGTERM')
  const late = sleep(STOP_MAX_MS).then(() => child.process.kill('SIGKILL'))
  const exit = await Promise.race([child.exit, late.then(() => child.exit)])
  return exit
}
