import type { ProbeStep } from '#pkg/prober'
import type { ProberService } from './prober-service.ts'

/**
 * Makes a single run, and writes a line for each step on standard output. Resolves with whether it has passed. A signal
 * ends it early, and its tokens are revoked all the same; a second signal ends the process.
 */
export async function runProberOnce(service: ProberService): Promise<boolean> {
  const stop = (): void => {
    void service.stop(0)
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  const { steps, outcome } = await service.run()
  await service.stop(0)
  process.stdout.write(steps.map(lineOf).join(''))
  return outcome === 'passed'
}

/** `passed exchange_grpc granted contents=read (request 123, trace 456, 78 ms)` */
function lineOf({ name, outcome, detail, requestId, traceId, durationMs }: ProbeStep): string {
  const facts = [
    ...(requestId === undefined ? [] : [`request ${requestId}`]),
    ...(traceId === undefined ? [] : [`trace ${traceId}`]),
    `${durationMs} ms`,
  ]
  return `${outcome} ${name} ${detail} (${facts.join(', ')})\n`
}
