import { spawnSync } from 'node:child_process'
import { startService, startWorld, type MeasureSection } from '../bench-run.ts'
import { openJsonClients } from '../json-client.ts'
import { repeated } from '../measurement.ts'
import { readUsage } from '../process-usage.ts'
import { SUBJECT, targetOf } from '../world-layout.ts'

const SHAPE = { owners: 1, policies: 1, issuers: 1 }
const STARTS = { full: 7, quick: 5 }
const TARGET_MS = 400

/** How long it takes from the start of the process to the first answered exchange, with nothing cached. */
export const measureStart: MeasureSection = async (run) => {
  const world = await startWorld(run, SHAPE)
  const [bearer = ''] = await world.tell('sign', { issuer: 0, subject: SUBJECT, count: 1 })
  const bare: number[] = []
  const listening: number[] = []
  const answered: number[] = []
  const cpu: number[] = []
  for (let n = 0; n < (run.options.quick ? STARTS.quick : STARTS.full); n++) {
    const startedAt = performance.now()
    spawnSync(process.execPath, [...run.flags, '--eval', '0'])
    bare.push(performance.now() - startedAt)
    const service = await startService(run, world)
    listening.push(performance.now() - service.startedAt)
    const clients = await openJsonClients(service.port, 1)
    for (const { exchange } of clients) {
      await exchange({ ...targetOf(0, SHAPE), bearer })
      answered.push(performance.now() - service.startedAt)
      cpu.push(readUsage(service.pid).cpuMs)
    }
    await service.stop()
  }
  const section = 'start'
  run.report({ section, name: 'Node, starting and ending', ...repeated(bare), unit: 'ms' })
  run.report({ section, name: 'service, listening', ...repeated(listening), unit: 'ms' })
  run.report({
    section,
    name: 'service, first exchange answered',
    ...repeated(answered),
    unit: 'ms',
    target: { atMost: TARGET_MS },
    note: 'with the keys of its issuer and the first calls to GitHub',
  })
  const note = 'of all threads; says more than the clock where the machine is busy'
  run.report({ section, name: 'service, CPU until then', ...repeated(cpu), unit: 'ms', note })
}
