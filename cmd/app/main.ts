import { readFileSync } from 'node:fs'
import { readServiceConfig, renderConfigErrors } from '#pkg/config'
import { createLogger } from '#pkg/telemetry'
import { endOnCrash, endOnSignal } from '../lifecycle.ts'
import { createAppSigner } from './app-signer.ts'
import { createService } from './service.ts'

const result = readServiceConfig(process.env, { readFile: (path) => readFileSync(path) })
if (!result.ok) {
  process.stderr.write(renderConfigErrors(result.errors))
  process.exit(2)
}
const { config, warnings } = result
const key = createAppSigner(config.github.app)
if (!key.ok) {
  process.stderr.write(renderConfigErrors([key.error]))
  process.exit(2)
}
const logger = createLogger({ level: config.logLevel })
for (const warning of warnings) logger.warn({}, warning)
if (process.argv.includes('--check-config')) {
  logger.info({}, 'the configuration is valid')
  process.exit(0)
}

endOnCrash(logger)
const service = createService(config, key.signer, logger)
const port = await service.listen()
const { drainDelayMs } = config.listener
endOnSignal(logger, drainDelayMs, () => service.stop(drainDelayMs))
logger.info({ port, domain: config.domain }, 'the security token service is listening')
