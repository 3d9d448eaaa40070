import { readFileSync } from 'node:fs'
import { readProberConfig, renderConfigErrors, type ProberConfig } from '#pkg/config'
import type { ProberName } from '#pkg/prober'
import { createLogger, type Logger } from '#pkg/telemetry'
import { endOnCrash, endOnSignal } from './lifecycle.ts'
import { runProberOnce } from './prober-once.ts'
import { createProberService, type ProberService } from './prober-service.ts'
import { createProgramTelemetry, type ProgramTelemetry } from './telemetry.ts'

/** For what telemetry still holds back, after everything else has ended. */
const TELEMETRY_GRACE_MS = 400

const ARGUMENTS: ReadonlySet<string> = new Set(['--check-config', '--once'])

/**
 * Runs a prober again and again, with `--once` a single time, or with `--check-config` only looks at its configuration.
 * Exit status: 0 stopped by a signal, or with `--once` passed; 1 it cannot listen, or has crashed, or with `--once` not
 * passed; 2 wrong usage or configuration.
 */
export async function runProberProgram(name: ProberName): Promise<void> {
  const options = process.argv.slice(2)
  if (options.some((option) => !ARGUMENTS.has(option)) || new Set(options).size < options.length) {
    process.stderr.write(
      'usage: main.js [--once] [--check-config]    (everything else is said by environment variables)\n',
    )
    process.exit(2)
  }
  const once = options.includes('--once')
  const result = readProberConfig(process.env, { readFile: (path) => readFileSync(path) }, { once })
  if (!result.ok) {
    process.stderr.write(renderConfigErrors(result.errors))
    process.exit(2)
  }
  const { config, warnings } = result
  // A single run has its standard output for its steps.
  const destination = { write: (line: string) => void process.stderr.write(line) }
  const logger = createLogger({ level: config.logLevel, ...(once && { destination }) })
  for (const warning of warnings) logger.warn({}, warning)
  if (options.includes('--check-config')) {
    logger.info({}, 'the configuration is valid')
    process.exit(0)
  }

  endOnCrash(logger)
  tellGrpcOfProxy(config.proxy)
  const telemetry = createProgramTelemetry({ program: name, config: config.telemetry, logger })
  const service = createProberService(name, config, logger, telemetry)
  const problem = await service.findProblem()
  if (problem !== undefined) {
    process.stderr.write(renderConfigErrors([problem]))
    process.exit(2)
  }
  if (once) {
    await telemetry.start()
    const hasPassed = await runProberOnce(service)
    await telemetry.stop(TELEMETRY_GRACE_MS)
    process.exit(hasPassed ? 0 : 1)
  }
  await serve(service, config, logger, telemetry)
}

async function serve(
  service: ProberService,
  { listener, service: { domain } }: ProberConfig,
  logger: Logger,
  telemetry: ProgramTelemetry,
): Promise<void> {
  const { port: wanted, drainDelayMs } = listener
  endOnSignal(logger, drainDelayMs, async () => {
    await service.stop(drainDelayMs)
    await telemetry.stop(TELEMETRY_GRACE_MS)
  })
  try {
    const port = await service.listen()
    logger.info({ port, domain }, 'the prober is listening')
  } catch (err) {
    logger.error({ err, port: wanted }, 'cannot listen on this port')
    process.exit(1)
  }
  await telemetry.start()
}

/** gRPC's own client knows the proxy by its lower-case names alone. https://github.com/grpc/grpc/blob/master/doc/environment_variables.md */
function tellGrpcOfProxy(proxy: ProberConfig['proxy']): void {
  if (proxy === undefined) return
  process.env['https_proxy'] ||= proxy.url
  if (proxy.noProxy !== undefined) process.env['no_proxy'] ||= proxy.noProxy
}
