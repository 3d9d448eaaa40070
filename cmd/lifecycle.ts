import { writeSync } from 'node:fs'
import type { Logger } from '#pkg/telemetry'

/** An orchestrator gives ten seconds or more; whatever hangs until then is cut by us, not by it. */
const STOP_MAX_MS = 9_500
/** What a longer drain delay leaves for the rest. */
const AFTER_DELAY_MS = 4_500

/**
 * Ends the process with status 0 once `stop` has finished after the first SIGTERM or SIGINT; a second one
 * ends it at once.
 *
 * @param delayMs - the drain delay that `stop` starts with.
 */
export function endOnSignal(logger: Logger, delayMs: number, stop: () => Promise<void>): void {
  let stopping = false
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1)
    stopping = true
    logger.info({ signal }, 'stopping')
    setTimeout(
      () => {
        logger.error({}, 'stopping took too long')
        process.exit(1)
      },
      Math.max(STOP_MAX_MS, delayMs + AFTER_DELAY_MS),
    ).unref()
    stop().then(
      () => {
        logger.info({}, 'stopped')
        process.exit(0)
      },
      (err: unknown) => {
        logger.error({ err }, 'stopping failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}

/** A defect that nobody caught: logged without secrets, and the end of the process. Its state cannot be trusted. */
export function endOnCrash(logger: Logger): void {
  const end = (err: unknown): void => {
    try {
      logger.error({ err }, 'unexpected failure, the process ends')
    } catch {
      writeSync(2, 'unexpected failure, the process ends\n')
    }
    process.exit(1)
  }
  process.on('uncaughtException', end)
  process.on('unhandledRejection', end)
}
