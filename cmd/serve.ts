import { StsError } from '#pkg/errors'
import type { LogFields, Logger } from '#pkg/telemetry'
import { endOnSignal } from './lifecycle.ts'
import type { ProgramTelemetry } from './telemetry.ts'

/** What a program serves on a port. */
export interface Served {
  /** Resolves with the port once requests are taken. */
  listen(): Promise<number>
  stop(delayMs: number): Promise<void>
}

export interface ServeOptions {
  readonly service: Served
  readonly listener: { readonly port: number; readonly drainDelayMs: number }
  readonly telemetry: ProgramTelemetry
  readonly logger: Logger
  /** What is logged once it listens. */
  readonly ready: { readonly fields: LogFields; readonly message: string }
}

/** Serves until a signal ends the process. One that cannot start ends it with status 1. */
export async function serve(options: ServeOptions): Promise<void> {
  const { service, listener, telemetry, logger, ready } = options
  const { port: wanted, drainDelayMs } = listener
  endOnSignal(logger, drainDelayMs, async () => {
    await service.stop(drainDelayMs)
    await telemetry.stop()
  })
  try {
    const port = await service.listen()
    logger.info({ port, ...ready.fields }, ready.message)
  } catch (err) {
    const isOurs = err instanceof StsError
    logger.error({ err, port: wanted }, isOurs ? 'cannot start' : 'cannot listen on this port')
    process.exit(1)
  }
  // Only now: loading it takes longer than all the rest of a start.
  await telemetry.start()
}
