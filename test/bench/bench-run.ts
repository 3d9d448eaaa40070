import { randomUUID } from 'node:crypto'
import { join, resolve } from 'node:path'
import { runLoad, type ExchangeClient, type ExchangeRequest, type LoadResult } from './load.ts'
import type { Measurement, Section } from './measurement.ts'
import type { BenchOptions } from './options.ts'
import { serviceEnvironment, startProgram, type RunningProgram } from './service-process.ts'
import type { WorldShape } from './world-layout.ts'
import { openWorld, type World } from './world-process-client.ts'

/** A webhook has its key confirmed, and looks for deliveries that failed. */
const WEBHOOK_CALLS_AT_START = 2

/** What every section works with. */
export interface BenchRun {
  readonly options: BenchOptions
  /** The folder of the compiled service. */
  readonly dist: string
  /** For whatever is written; removed at the end. */
  readonly folder: string
  /** Flags of Node for the service. */
  readonly flags: readonly string[]
  /** Has something ended when the section has, however that comes about; the last one first. */
  readonly atEnd: (end: () => Promise<void>) => void
  readonly report: (measurement: Measurement) => void
  /** Says something that belongs beside the results. */
  readonly note: (text: string) => void
  /** Tells a person who waits what is being done. */
  readonly progress: (text: string) => void
}

/** Measures one section. */
export type MeasureSection = (run: BenchRun) => Promise<void>

export type SectionMeasures = { readonly [Name in Section]: MeasureSection }

/** How one service differs from the rest. */
export interface ServiceOptions {
  readonly node?: string | undefined
  readonly moreFlags?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

/** Starts a GitHub and its issuers, until the end of the section. */
export async function startWorld(run: BenchRun, shape: WorldShape): Promise<World> {
  const world = await openWorld(shape)
  run.atEnd(world.close)
  return world
}

/** Starts the compiled service for a GitHub, until the end of the section unless it is stopped before. */
export async function startService(
  run: BenchRun,
  world: World,
  options: ServiceOptions = {},
): Promise<RunningProgram> {
  return await startCompiled(run, world, 'app', options)
}

/** Starts the compiled webhook as `startService` does the service, and has GitHub deliver to it. */
export async function startWebhook(
  run: BenchRun,
  world: World,
  { environment, ...rest }: ServiceOptions = {},
): Promise<RunningProgram> {
  const secret = randomUUID()
  await world.tell('forgetCalls', undefined)
  const webhook = await startCompiled(run, world, 'webhook', {
    ...rest,
    environment: { ...environment, GITHUB_WEBHOOK_SECRET: secret },
  })
  const url = `http://127.0.0.1:${webhook.port}`
  await world.tell('connectWebhook', { webhook: { url, secret }, callsAtStart: WEBHOOK_CALLS_AT_START })
  return webhook
}

/** Flags with which Node writes a profile of this name, if profiles are wanted. */
export function profileFlags({ options }: BenchRun, name: string): readonly string[] {
  const { profileFolder } = options
  return profileFolder === undefined
    ? []
    : ['--cpu-prof', `--cpu-prof-dir=${resolve(profileFolder)}`, `--cpu-prof-name=${name}.cpuprofile`]
}

async function startCompiled(
  run: BenchRun,
  world: World,
  name: 'app' | 'webhook',
  { node, moreFlags = [], environment = {} }: ServiceOptions,
): Promise<RunningProgram> {
  const program = await startProgram({
    node,
    flags: [...run.flags, ...moreFlags],
    main: join(run.dist, `cmd/${name}/main.js`),
    environment: { ...serviceEnvironment(world, run.folder), ...environment },
    folder: run.folder,
  })
  run.atEnd(program.stop)
  return program
}

/** Sends exchanges as `runLoad` does, and says beside the results if some have failed. */
export async function load(
  run: BenchRun,
  clients: readonly ExchangeClient[],
  count: number,
  requestAt: (n: number) => ExchangeRequest,
): Promise<LoadResult> {
  const result = await runLoad(clients, count, requestAt)
  const [first] = result.failures
  if (first !== undefined) run.note(`${result.failures.length} of ${count} exchanges failed: ${first}`)
  return result
}
