import { fileURLToPath } from 'node:url'
import { createLogger } from '#pkg/telemetry'
import { startWorld } from '../../emulator/index.ts'
import { endOnCrash, endOnSignal } from '../lifecycle.ts'
import { preferPort } from './free-port.ts'
import { describeLogLine } from './log-lines.ts'
import { startPrograms } from './programs.ts'
import { DEMO_DOMAIN, planTour } from './tour.ts'

const once = process.argv.includes('--once')
const say = (line: string): void => void process.stdout.write(`${line}\n`)
const shown = { exchanges: false }
const logger = createLogger({
  level: 'info',
  destination: {
    write: (line) => {
      const shownLine = shown.exchanges ? describeLogLine(line) : undefined
      if (shownLine !== undefined) say(shownLine)
    },
  },
})
endOnCrash(createLogger({ level: 'error' }))

// Four ports in a row from PORT on, each replaced by a free one where something listens already; 0: any.
const firstPort = Number(process.env['PORT'] || 8080)
if (!Number.isInteger(firstPort) || firstPort < 0 || firstPort > 65_532) {
  process.stderr.write('PORT is the first of four ports in a row: a number up to 65532, or 0 for any\n')
  process.exit(2)
}
const policies = fileURLToPath(new URL('../../emulator/policies', import.meta.url))
const world = await startWorld({
  policiesDirectory: policies,
  github: { port: await preferPort(firstPort, 1) },
  issuer: { port: await preferPort(firstPort, 2) },
})
const ports = { service: await preferPort(firstPort, 0), webhook: await preferPort(firstPort, 3) }
const programs = await startPrograms(world, ports, logger)
const { serviceUrl, webhookUrl } = programs
async function stop(): Promise<void> {
  await programs.stop()
  await world.close()
}
endOnSignal(logger, 0, stop)

say(`
  github-sts   ${serviceUrl}   gRPC and JSON on one port
  GitHub       ${world.github.baseUrl}   emulated: ${world.organization} and its repositories
  OIDC issuer  ${world.issuer.issuer}   speaks for jobs of GitHub Actions
  webhook      ${webhookUrl}   checks policies when they are pushed
  policies     ${policies}

An exchange of your own:

  curl -s '${serviceUrl}/sts/exchange?scope=acme/app&identity=release' -H "Authorization: Bearer $(
    curl -s '${world.issuer.issuer}/actions/token?repository=acme/app&ref=main&audience=${DEMO_DOMAIN}' |
      sed 's/.*"value":"\\([^"]*\\)".*/\\1/')"

The tour:`)

let failed = false
for (const [index, step] of planTour(world, serviceUrl).entries()) {
  say(`\n  ${index + 1}. ${step.title}`)
  const ok = await step.run((line) => {
    say(`     ${line}`)
  })
  if (!ok) {
    failed = true
    say('     THIS IS NOT WHAT SHOULD HAPPEN')
  }
}

if (once) {
  await stop()
  process.exit(failed ? 1 : 0)
}
say(
  '\nEdit a policy: a saved file counts as a push. Each exchange and check shows up below. Ctrl-C ends it.\n',
)
shown.exchanges = true
