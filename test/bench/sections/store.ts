import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  load,
  profileFlags,
  startService,
  startWorld,
  type BenchRun,
  type MeasureSection,
} from '../bench-run.ts'
import { openJsonClients } from '../json-client.ts'
import type { ExchangeRequest } from '../load.ts'
import { findFreePort, untilListening } from '../service-process.ts'
import { SUBJECT, targetOf } from '../world-layout.ts'
import type { World } from '../world-process-client.ts'
import { measureBeside, RIVAL_CLIENTS, RIVAL_TOKENS, sizeOf, type Rival } from './beside.ts'

const REDIS = 'redis-server'
const REDIS_START_MAX_MS = 5_000

/** The second policy gives `checks: write`: whoever asks for it stays with one App, which the store remembers. */
const SHAPE = { owners: 1, policies: 2, issuers: 1, apps: 4, checksEvery: 2 }
const PLAIN = 0
const STICKY = 1
/** What two Apps and a shared store may cost a warm exchange beside one App without any. */
const RATIO_TARGET = 1.25

/** What several Apps and a store that replicas share cost a warm exchange. */
export const measureStore: MeasureSection = async (run) => {
  const size = sizeOf(run)
  const world = await startWorld(run, SHAPE)
  const bearers = await world.tell('sign', { issuer: 0, subject: SUBJECT, count: RIVAL_TOKENS })
  const requestOf =
    (policy: number) =>
    (n: number): ExchangeRequest => ({
      ...targetOf(policy, SHAPE),
      bearer: bearers[n % bearers.length] ?? '',
    })

  async function open(
    name: string,
    environment: Readonly<Record<string, string>>,
    policies: Readonly<Record<string, number>>,
  ): Promise<readonly Rival[]> {
    const moreFlags = profileFlags(run, name.replaceAll(' ', '-'))
    const program = await startService(run, world, { environment, moreFlags })
    const clients = await openJsonClients(program.port, RIVAL_CLIENTS)
    const rivals: Rival[] = []
    for (const [what, policy] of Object.entries(policies)) {
      const requestAt = requestOf(policy)
      run.progress(`${name}${what}: ${size.warmUp} exchanges to warm up`)
      await load(run, clients, size.warmUp, requestAt)
      rivals.push({ name: `${name}${what}`, program, clients, requestAt, target: RATIO_TARGET })
    }
    return rivals
  }

  const rivals = [
    ...(await open('one App', {}, { '': PLAIN })),
    ...(await open('four Apps', poolsOf(run, world, 4), { '': PLAIN })),
  ]
  const redis = await startRedis(run)
  if (redis === undefined) {
    run.note(`section store: ${REDIS} is missing, so nothing is measured with a shared store`)
  } else {
    const environment = { ...poolsOf(run, world, 2), STS_STORE: 'redis', STS_REDIS_URL: redis }
    rivals.push(...(await open('two Apps and Redis', environment, { '': PLAIN, ', sticky': STICKY })))
  }
  await measureBeside(run, { section: 'store', rivals, rounds: size.rounds, exchanges: size.exchanges })
}

/** What has so many of the Apps serve everyone. */
function poolsOf(run: BenchRun, { appIds, privateKey }: World, count: number): Record<string, string> {
  const file = join(run.folder, `pools-${count}.yaml`)
  const apps = appIds.slice(0, count).map((id) => ({ app_id: String(id), private_key: privateKey }))
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ orgs: [{ name: '*', apps }] }))
  return { APP_CONFIG_FILE: file }
}

/** The address of a store of its own, without anything that stays; undefined where the machine has none. */
async function startRedis(run: BenchRun): Promise<string | undefined> {
  if (spawnSync(REDIS, ['--version']).status !== 0) return undefined
  const port = await findFreePort()
  const args = ['--bind', '127.0.0.1', '--port', String(port), '--dir', run.folder, '--save', '']
  const child = spawn(REDIS, args, { stdio: 'ignore' })
  const exit = once(child, 'exit')
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  run.atEnd(async () => {
    kill()
    await exit
    process.off('exit', kill)
  })
  await untilListening(child, port, REDIS_START_MAX_MS)
  return `redis://127.0.0.1:${port}`
}
