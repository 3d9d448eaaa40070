import { fileURLToPath } from 'node:url'
import { createLogger } from '#pkg/telemetry'
import { startWorld } from '../../emulator/index.ts'
import { endOnCrash, endOnSignal } from '../lifecycle.ts'
import { createActivityLog, isOfProbers } from './activity.ts'
import { openDemoPage } from './demo-page.ts'
import { renderGuide } from './guide.ts'
import { describeEntry } from './log/describe-entry.ts'
import { readLogLine } from './log/log-entry.ts'
import { choosePorts, PORTS_COUNT } from './ports.ts'
import { startPrograms } from './programs.ts'
import { runTour } from './tour/tour.ts'

const FIRST_PORT_MAX = 65_536 - PORTS_COUNT

// Each is replaced by a free one where something listens already.
const firstPort = Number(process.env['PORT'] || 8080)
if (!Number.isInteger(firstPort) || firstPort < 0 || firstPort > FIRST_PORT_MAX) {
  process.stderr.write(
    `PORT is the first of ${PORTS_COUNT} ports in a row: a number up to ${FIRST_PORT_MAX}, or 0 for any\n`,
  )
  process.exit(2)
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const activity = createActivityLog()
const shown = { entries: false }
const logger = createLogger({
  level: 'info',
  destination: {
    write: (line) => {
      const entry = readLogLine(line)
      if (entry === undefined) return
      activity.add(entry)
      if (shown.entries && !isOfProbers(entry)) say(describeEntry(entry))
    },
  },
})
endOnCrash(createLogger({ level: 'error' }))

const policies = fileURLToPath(new URL('../../emulator/policies', import.meta.url))
const ports = await choosePorts(firstPort)
const world = await startWorld({
  policiesDirectory: policies,
  github: { port: ports.github },
  issuer: { port: ports.issuer },
})
const programs = await startPrograms(world, ports, logger)
const page = await openDemoPage({ port: ports.page, world, programs, activity, policies })
async function stop(): Promise<void> {
  await page.close()
  await programs.stop()
  await world.close()
}
endOnSignal(logger, 0, stop)

say(renderGuide(page.guide))
say('The tour:')
const isRight = await runTour(world, programs, say)
if (process.argv.includes('--once')) {
  await stop()
  process.exit(isRight ? 0 : 1)
}
say(`
Edit a policy: a saved file counts as a push. Each exchange and check shows up below, and with the probers' results on
${page.url}. Ctrl-C ends it.
`)
shown.entries = true
