// Measures the compiled service and webhook as processes of their own, against a GitHub and issuers in another one.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { BenchRun, SectionMeasures } from './bench-run.ts'
import { compileService } from './compiled-service.ts'
import { IMAGE_FLAGS } from './image-flags.ts'
import { judge, type Measurement } from './measurement.ts'
import { readOptions, USAGE, type BenchOptions } from './options.ts'
import { measureCalls } from './sections/calls.ts'
import { measureDeliveries } from './sections/deliveries.ts'
import { measureEvents } from './sections/events.ts'
import { measureMemory } from './sections/memory.ts'
import { measurePolicies } from './sections/policies.ts'
import { measureScheduler } from './sections/scheduler.ts'
import { measureStart } from './sections/start.ts'
import { measureStore } from './sections/store.ts'
import { measureTelemetry } from './sections/telemetry.ts'
import { measureWarm } from './sections/warm.ts'
import { renderMarkdown, renderText, renderVerdicts } from './table.ts'

const SECTION_MEASURES: SectionMeasures = {
  warm: measureWarm,
  calls: measureCalls,
  memory: measureMemory,
  policies: measurePolicies,
  start: measureStart,
  deliveries: measureDeliveries,
  events: measureEvents,
  telemetry: measureTelemetry,
  scheduler: measureScheduler,
  store: measureStore,
}

const read = readOptions(process.argv.slice(2))
if (read.ok) {
  await bench(read.options)
} else {
  process.stderr.write(read.problem === undefined ? USAGE : `${read.problem}\n${USAGE}`)
  process.exitCode = read.problem === undefined ? 0 : 2
}

async function bench(options: BenchOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'github-sts-bench-'))
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true })
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const progress = (text: string): void => void process.stderr.write(`${text}\n`)
  const measurements: Measurement[] = []
  const notes: string[] = []
  const ends: (() => Promise<void>)[] = []
  if (options.distFolder === undefined) progress('compiling')
  const run: BenchRun = {
    options,
    folder,
    progress,
    dist: options.distFolder === undefined ? compileService(folder) : resolve(options.distFolder),
    flags: options.flags ?? IMAGE_FLAGS,
    atEnd: (end) => void ends.unshift(end),
    report: (measurement) => void measurements.push(measurement),
    note: (text) => void notes.push(text),
  }
  const header = {
    date: new Date().toISOString(),
    processor: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores`,
    node: process.version,
    flags: run.flags.join(' '),
    commit: commitOf(),
  }
  for (const section of options.sections) {
    progress(`section ${section}`)
    try {
      await SECTION_MEASURES[section](run)
    } catch (thrown) {
      // The other sections are worth having all the same.
      notes.push(`section ${section} broke off: ${String(thrown)}`)
      process.exitCode = 1
    }
    for (const end of ends.splice(0)) await end()
  }
  const title = [...Object.entries(header).map(([name, value]) => `${name}: ${value}`), ...notes]
  process.stdout.write(
    options.markdown
      ? `${title.map((line) => `- ${line}`).join('\n')}\n\n${renderMarkdown(measurements)}\n`
      : `${title.join('\n')}\n\n${renderText(measurements)}\n\n${renderVerdicts(measurements)}\n`,
  )
  if (options.jsonFile !== undefined) {
    writeFileSync(options.jsonFile, `${JSON.stringify({ ...header, notes, measurements }, undefined, 2)}\n`)
  }
  const missed = measurements.some((measurement) => judge(measurement)?.reached === false)
  if (options.check && missed) process.exitCode = 1
}

function commitOf(): string {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  try {
    return git('rev-parse', '--short=12', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ', changed')
  } catch {
    return 'unknown'
  }
}
