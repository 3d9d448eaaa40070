import { renderConfigErrors, type ConfigResult, type Environment, type TelemetryConfig } from '#pkg/config'
import { createLogger, type Logger, type LogLevel } from '#pkg/telemetry'
import type { Hangup } from './hangup.ts'
import { endOnCrash } from './lifecycle.ts'
import { serve, type Served } from './serve.ts'
import { createProgramTelemetry, type Instruments, type ProgramTelemetryOptions } from './telemetry.ts'

/** What the configurations of all programs have. */
interface ProgramConfig {
  readonly logLevel: LogLevel
  readonly listener: { readonly port: number; readonly drainDelayMs: number }
  readonly telemetry: TelemetryConfig
}

interface Service<Config> extends Served {
  /** Takes over what may change while it runs. */
  reload(config: Config): Promise<void>
}

/** A program that serves a port until it is told to stop. */
export interface Program<Config extends ProgramConfig> {
  readonly name: ProgramTelemetryOptions['program']
  readonly readConfiguration: (environment: Environment) => ConfigResult<Config>
  readonly create: (config: Config, logger: Logger, instruments: Instruments) => Service<Config>
  /** What is logged once it listens. */
  readonly ready: (config: Config) => {
    readonly fields: Readonly<Record<string, string>>
    readonly message: string
  }
}

/**
 * Runs `program`, or with `--check-config` only looks at its configuration. Exit status: 0 stopped by a signal, 1 it
 * cannot listen, or has crashed; 2 wrong usage or configuration.
 */
export async function runProgram<Config extends ProgramConfig>(
  program: Program<Config>,
  hangup: Hangup,
): Promise<void> {
  const [argument, ...others] = process.argv.slice(2)
  if (others.length > 0 || (argument !== undefined && argument !== '--check-config')) {
    process.stderr.write(
      'usage: main.js [--check-config]    (everything else is said by environment variables)\n',
    )
    process.exit(2)
  }
  const result = program.readConfiguration(process.env)
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
  const { listener } = config
  const telemetry = createProgramTelemetry({ program: program.name, config: config.telemetry, logger })
  const service = program.create(config, logger, telemetry)
  await serve({ service, listener, telemetry, logger, ready: program.ready(config) })
  hangup.begin(() => reload(program, service, logger))
}

/** A configuration that is not valid changes nothing. */
async function reload<Config extends ProgramConfig>(
  { readConfiguration }: Program<Config>,
  service: Service<Config>,
  logger: Logger,
): Promise<void> {
  const result = readConfiguration(process.env)
  if (!result.ok) {
    logger.error(
      { problems: renderConfigErrors(result.errors) },
      'the changed configuration is not valid and is ignored',
    )
    return
  }
  try {
    await service.reload(result.config)
    logger.info({}, 'the Apps are those of the configuration as it is now')
  } catch (err) {
    logger.error({ err }, 'the changed configuration cannot be used and is ignored')
  }
}
