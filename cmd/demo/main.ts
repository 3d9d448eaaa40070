import { fileURLToPath } from 'node:url'
import { renderConfigErrors } from '#pkg/config'
import { createLogger } from '#pkg/telemetry'
import { startWorld } from '../../emulator/index.ts'
import { readConfiguration } from '../app/configuration.ts'
import { createService } from '../app/service.ts'
import { endOnCrash, endOnSignal } from '../lifecycle.ts'
import { describeLogLine } from './exchange-lines.ts'
import { preferPort } from './free-port.ts'
import { DEMO_DOMAIN, planTour } from './tour.ts'

const once = process.argv.includes('--once')
const say = (line: string): void => void process.stdout.write(`${line}\n`)
const shown = { exchanges: false }
const logger = createLogger({
  level: 'info',
  destination: {
    write: (line) => {
      if (shown.exchanges) say(describeLogLine(line))
    },
  },
})
endOnCrash(createLogger({ level: 'error' }))

// Three ports in a row from PORT on, each replaced by a free one where something listens already; 0: any.
const firstPort = Number(process.env['PORT'] || 8080)
if (!Number.isInteger(firstPort) || firstPort < 0 || firstPort > 65_533) {
  process.stderr.write('PORT is the first of three ports in a row: a number up to 65533, or 0 for any\n')
  process.exit(2)
}
const policies = fileURLToPath(new URL('../../emulator/policies', import.meta.url))
const world = await startWorld({
  policiesDirectory: policies,
  github: { port: await preferPort(firstPort, 1) },
  issuer: { port: await preferPort(firstPort, 2) },
})
const result = readConfiguration({
  PORT: String(await preferPort(firstPort, 0)),
  STS_HOST: '127.0.0.1',
  STS_DOMAIN: DEMO_DOMAIN,
  GITHUB_APP_IDS: String(world.app.id),
  APP_SECRET_CERTIFICATE_ENV_VAR: world.appKey.privateKey,
  GITHUB_BASE_URL: world.github.baseUrl,
  STS_ALLOW_LOOPBACK_ISSUERS: 'true',
  STS_DENIAL_DETAIL: 'always',
  STS_POLICY_FRESHNESS: '1s',
})
if (!result.ok) {
  process.stderr.write(renderConfigErrors(result.errors))
  process.exit(2)
}
const service = createService(result.config, logger)
async function stop(): Promise<void> {
  await service.stop(0)
  await world.close()
}
endOnSignal(logger, 0, stop)
const url = `http://127.0.0.1:${await service.listen()}`

say(`
  github-sts   ${url}   gRPC and JSON on one port
  GitHub       ${world.github.baseUrl}   emulated: ${world.organization} and its repositories
  OIDC issuer  ${world.issuer.issuer}   speaks for jobs of GitHub Actions
  policies     ${policies}

An exchange of your own:

  curl -s '${url}/sts/exchange?scope=acme/app&identity=release' -H "Authorization: Bearer $(
    curl -s '${world.issuer.issuer}/actions/token?repository=acme/app&ref=main&audience=${DEMO_DOMAIN}' |
      sed 's/.*"value":"\\([^"]*\\)".*/\\1/')"

The tour:`)

let failed = false
for (const [index, step] of planTour(world, url).entries()) {
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
say('\nEdit a policy: a saved file counts as a push. Each exchange shows up below. Ctrl-C ends it.\n')
shown.exchanges = true
