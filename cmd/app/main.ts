import { renderConfigErrors } from '#pkg/config'
import { createLogger } from '#pkg/telemetry'
import { endOnCrash, endOnSignal } from '../lifecycle.ts'
import { readConfiguration } from './configuration.ts'
import { createService } from './service.ts'

const [argument, ...others] = process.argv.slice(2)
if (others.length > 0 || (argument !== undefined && argument !== '--check-config')) {
  process.stderr.write(
    'usage: main.js [--check-config]    (everything else is said by environment variables)\n',
  )
  process.exit(2)
}
const result = readConfiguration(process.env)
if (!result.ok) {
  process.stderr.write(renderConfigErrors(result.errors))
  process.exit(2)
}
const { config, warnings } = result
const logger = createLogger({ level: config.logLevel })
for (const warning of warnings) logger.warn({}, warning)
if (argument === '--check-config') {
  logger.info({}, 'the configuration is valid')
  process.exit(0)
}

endOnCrash(logger)
const { drainDelayMs } = config.listener
const service = createService(config, logger)
endOnSignal(logger, drainDelayMs, () => service.stop(drainDelayMs))
try {
  const port = await service.listen()
  logger.info({ port, domain: config.domain }, 'the security token service is listening')
} catch (err) {
  logger.error({ err, port: config.listener.port }, 'cannot listen on this port')
  process.exit(1)
}
