import { setTimeout as delay } from 'node:timers/promises'
import { load, startService, startWorld, type BenchRun, type MeasureSection } from '../bench-run.ts'
import { openGrpcClients } from '../grpc-client.ts'
import { openJsonClients } from '../json-client.ts'
import type { ExchangeRequest } from '../load.ts'
import type { Target } from '../measurement.ts'
import { findNodeVersions, type NodeVersion } from '../node-versions.ts'
import { readUsage } from '../process-usage.ts'
import { SUBJECT, targetOf } from '../world-layout.ts'
import type { World } from '../world-process-client.ts'

const NODE_MAJORS = [20, 24]
const SIZES = {
  full: {
    shape: { owners: 1_000, policies: 10_000, issuers: 200 },
    warm: 10_000,
    exchanges: 50_000,
    further: 30_000,
  },
  quick: {
    shape: { owners: 200, policies: 2_000, issuers: 40 },
    warm: 3_000,
    exchanges: 10_000,
    further: 5_000,
  },
}
const AT_ONCE = 16
const TOKENS_PER_ISSUER = 5
/** Time for a garbage collector to give back what it can. */
const SETTLE_MS = 2_000
const MEBIBYTE = 1024 * 1024
const WARM_TARGET: Target = { atMost: 160 }
const LARGE_TARGET: Target = { atMost: 260 }
/** What a garbage collector may leave between two looks. */
const GROWTH_TARGET: Target = { atMost: 16 }

/** What the service keeps resident: idle, warm, and with far more policies, owners and issuers than most have. */
export const measureMemory: MeasureSection = async (run) => {
  const { shape } = run.options.quick ? SIZES.quick : SIZES.full
  const nodes = findNodeVersions(NODE_MAJORS, (major) => {
    run.note(`memory: Node ${major} could not be obtained, and is not measured`)
  })
  run.progress(`${shape.policies} policies, ${shape.owners} owners, ${shape.issuers} issuers`)
  const world = await startWorld(run, shape)
  const bearers: (readonly string[])[] = []
  for (let issuer = 0; issuer < shape.issuers; issuer++) {
    bearers.push(await world.tell('sign', { issuer, subject: SUBJECT, count: TOKENS_PER_ISSUER }))
  }
  for (const node of nodes) await measureNode(run, world, node, bearers)
}

async function measureNode(
  run: BenchRun,
  world: World,
  { version, program }: NodeVersion,
  bearers: readonly (readonly string[])[],
): Promise<void> {
  const size = run.options.quick ? SIZES.quick : SIZES.full
  const { shape } = size
  const requestAt = (n: number): ExchangeRequest => {
    const target = targetOf(n % shape.policies, shape)
    return { ...target, bearer: bearers[target.issuer]?.[n % TOKENS_PER_ISSUER] ?? '' }
  }
  const service = await startService(run, world, { node: program })
  const look = async (name: string, target?: Target): Promise<number> => {
    await delay(SETTLE_MS)
    const { residentBytes, peakBytes } = readUsage(service.pid)
    run.report({
      section: 'memory',
      name: `Node ${version.slice(1)}, ${name}`,
      value: residentBytes / MEBIBYTE,
      unit: 'MiB',
      ...(target !== undefined && { target }),
      ...(peakBytes !== undefined && { note: `at its peak ${Math.round(peakBytes / MEBIBYTE)} MiB` }),
    })
    return residentBytes
  }
  run.progress(`Node ${version}: idle and warm`)
  await look('idle')
  const json = await openJsonClients(service.port, AT_ONCE)
  await load(run, json, size.warm, () => requestAt(0))
  await look(`after ${size.warm} warm over JSON`, WARM_TARGET)
  const grpc = await openGrpcClients(service.port, AT_ONCE)
  await load(run, grpc, size.warm, () => requestAt(0))
  await look(`after ${size.warm} more over gRPC`, WARM_TARGET)
  run.progress(`Node ${version}: ${size.exchanges} and ${size.further} exchanges in turn`)
  const both = [...json.slice(0, AT_ONCE / 2), ...grpc.slice(0, AT_ONCE / 2)]
  await load(run, both, size.exchanges, requestAt)
  const first = await look(`after ${size.exchanges} over ${shape.policies} policies`, LARGE_TARGET)
  await load(run, both, size.further, requestAt)
  const second = await look(`after ${size.further} more of those`, LARGE_TARGET)
  run.report({
    section: 'memory',
    name: `Node ${version.slice(1)}, growth by the last ${size.further}`,
    value: (second - first) / MEBIBYTE,
    unit: 'MiB',
    target: GROWTH_TARGET,
  })
  // Before the next one starts: idle or not, it takes memory that is shared.
  await service.stop()
}
