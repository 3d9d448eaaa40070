import { readFileSync } from 'node:fs'
import { readProberConfig, renderConfigErrors, type ProberConfig } from '#pkg/config'
import type { ProberName } from '#pkg/prober'
import { createLogger } from '#pkg/telemetry'
import { endOnCrash } from './lifecycle.ts'
import { runProberOnce } from './prober-once.ts'
import { createProberService } from './prober-service.ts'
import { serve } from './serve.ts'
import { createProgramTelemetry } from './telemetry.ts'

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
    await telemetry.stop()
    process.exit(hasPassed ? 0 : 1)
  }
  const { listener, service: probed } = config
  const ready = { fields: { domain: probed.domain }, message: 'the prober is listening' }
  await serve({ service, listener, telemetry, logger, ready })
}

/** gRPC's own client knows the proxy by its lower-case names alone. https://github.com/grpc/grpc/blob/master/doc/environment_variables.md */
function tellGrpcOfProxy(proxy: ProberConfig['proxy']): void {
  if (proxy === undefined) return
  process.env['https_proxy'] ||= proxy.url
  if (proxy.noProxy !== undefined) process.env['no_proxy'] ||= proxy.noProxy
}
