import type { TelemetryConfig } from '#pkg/config'
import {
  createTelemetrySwitch,
  NO_METRICS,
  NO_TRACER,
  startTelemetry,
  type Logger,
  type Telemetry,
  type TelemetryOptions,
} from '#pkg/telemetry'
import { readVersion } from './version.ts'

/** For what telemetry still holds back, after everything else has ended. */
const STOP_GRACE_MS = 400

/** What the parts of a program tell its telemetry. */
export type Instruments = Pick<Telemetry, 'metrics' | 'tracer'>

/** Nobody is told. */
export const NO_INSTRUMENTS: Instruments = Object.freeze({ metrics: NO_METRICS, tracer: NO_TRACER })

/** The telemetry of a program, which it has from the beginning and which begins to work later. */
export interface ProgramTelemetry extends Instruments {
  /** Loads what measures, if the configuration asks for any of it; resolves once it works. Never rejects. */
  start(): Promise<void>
  /** See `Telemetry.scrape`. */
  scrape(): Promise<string | undefined>
  /** Sends what it still holds back, for a short time. See `Telemetry.stop`. */
  stop(): Promise<void>
}

export interface ProgramTelemetryOptions {
  readonly program: TelemetryOptions['program']
  readonly config: TelemetryConfig
  readonly logger: Logger
}

/** Nothing is loaded or opened before `start`: loading takes longer than all the rest of a start. */
export function createProgramTelemetry(options: ProgramTelemetryOptions): ProgramTelemetry {
  const { program, config, logger } = options
  const isOn = config.prometheus !== undefined || config.traces !== 'none' || config.metrics.length > 0
  const { metrics, tracer, use } = createTelemetrySwitch()
  let starting: Promise<Telemetry> | undefined

  async function load(): Promise<Telemetry> {
    const telemetry = await startTelemetry({ ...config, program, version: readVersion(), logger })
    use(telemetry)
    return telemetry
  }

  return {
    metrics,
    tracer,
    async start() {
      if (isOn) await (starting ??= load())
    },
    async scrape() {
      return (await starting)?.scrape()
    },
    async stop() {
      await (await starting)?.stop(STOP_GRACE_MS)
    },
  }
}
