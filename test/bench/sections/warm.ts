import { fileURLToPath } from 'node:url'
import {
  load,
  profileFlags,
  startService,
  startWorld,
  type BenchRun,
  type MeasureSection,
} from '../bench-run.ts'
import { openGrpcClients } from '../grpc-client.ts'
import { openJsonClients } from '../json-client.ts'
import type { ExchangeRequest, OpenClients } from '../load.ts'
import { repeated } from '../measurement.ts'
import { serviceEnvironment, startProgram, type RunningProgram } from '../service-process.ts'
import { SUBJECT, targetOf } from '../world-layout.ts'
import type { World } from '../world-process-client.ts'
import { createRoundMeter, measurementsOf, type Candidate, type Round } from './warm-round.ts'

const SHAPE = { owners: 1, policies: 1, issuers: 1 }
/** No caller shows the same token again soon. */
const TOKENS = 1_000
const AT_ONCE = 16
const SIZES = {
  full: { warmUp: 10_000, exchanges: 4_000, rounds: 5, alone: 1_500, aloneRounds: 3 },
  quick: { warmUp: 4_000, exchanges: 2_000, rounds: 3, alone: 500, aloneRounds: 1 },
}
/** What an exchange may cost, in signatures. */
const JSON_TARGET = 1.3
const GRPC_TARGET = 1.6

/** What a warm exchange costs, over both protocols and beside a bare server, which take turns. */
export const measureWarm: MeasureSection = async (run) => {
  const size = run.options.quick ? SIZES.quick : SIZES.full
  const world = await startWorld(run, SHAPE)
  const bearers = await world.tell('sign', { issuer: 0, subject: SUBJECT, count: TOKENS })
  const requestAt = (n: number): ExchangeRequest => ({
    ...targetOf(0, SHAPE),
    bearer: bearers[n % bearers.length] ?? '',
  })
  const candidates: Candidate[] = []
  for (const { open, ...rest } of await startPrograms(run, world)) {
    run.progress(`${rest.name}: ${size.warmUp} exchanges to warm up`)
    // Only now: the service closes a connection whose first request does not come.
    const clients = await open(rest.program.port, AT_ONCE)
    await load(run, clients, size.warmUp, requestAt)
    candidates.push({ ...rest, clients })
  }
  const meter = createRoundMeter(run, requestAt)
  for (const [atOnce, count, rounds] of [
    [AT_ONCE, size.exchanges, size.rounds],
    [1, size.alone, size.aloneRounds],
  ] as const) {
    run.progress(`${rounds} rounds of ${count} exchanges, ${atOnce} at a time`)
    const results = candidates.map((): Round[] => [])
    for (let round = 0; round < rounds; round++) {
      for (const [index, candidate] of candidates.entries()) {
        results[index]?.push(await meter.measure(candidate, atOnce, count))
      }
    }
    const bare = results.at(-1) ?? []
    for (const [index, candidate] of candidates.entries()) {
      for (const measurement of measurementsOf(candidate, atOnce, results[index] ?? [], bare)) {
        run.report(measurement)
      }
    }
  }
  run.report({ section: 'warm', name: 'one RSA-2048 signature', ...repeated(meter.units), unit: 'ms CPU' })
}

type Program = Omit<Candidate, 'clients'> & { readonly open: OpenClients }

/** The bare server is the last. */
async function startPrograms(run: BenchRun, world: World): Promise<readonly Program[]> {
  const json = await startService(run, world, { moreFlags: profileFlags(run, 'json') })
  const grpc = await startService(run, world, { moreFlags: profileFlags(run, 'grpc') })
  const bare = await startBareServer(run, world)
  return [
    { name: 'JSON', program: json, target: JSON_TARGET, open: openJsonClients },
    { name: 'gRPC', program: grpc, target: GRPC_TARGET, open: openGrpcClients },
    { name: 'bare server', program: bare, open: openJsonClients },
  ]
}

async function startBareServer(run: BenchRun, world: World): Promise<RunningProgram> {
  const { NODE_EXTRA_CA_CERTS = '' } = serviceEnvironment(world, run.folder)
  const server = await startProgram({
    // The loader of TypeScript, where Node needs one.
    flags: [...run.flags, ...process.execArgv],
    main: fileURLToPath(new URL('../bare-server.ts', import.meta.url)),
    environment: {
      NODE_EXTRA_CA_CERTS,
      GITHUB_URL: world.gitHubUrl,
      INSTALLATION_ID: String(world.installationId),
      APP_ID: String(world.appId),
      PRIVATE_KEY: world.privateKey,
      KEY_SET: world.keySet,
    },
    folder: run.folder,
  })
  run.atEnd(server.stop)
  return server
}
