import type { TestContext } from 'node:test'
import { startTelemetry, type Telemetry, type TelemetryOptions } from '#pkg/telemetry'
import { captureLog, type LogLine } from './log-lines.ts'

const GRACE_MS = 5_000

export interface RunningTelemetry {
  readonly telemetry: Telemetry
  readonly lines: readonly LogLine[]
}

/** Telemetry that ends with the test, with Prometheus on any free port of loopback unless `options` say otherwise. */
export async function runTelemetry(
  test: TestContext,
  options: Partial<TelemetryOptions> = {},
): Promise<RunningTelemetry> {
  const { logger, lines } = captureLog()
  const telemetry = await startTelemetry({
    program: 'app',
    prometheus: { host: '127.0.0.1', port: 0 },
    traces: 'none',
    metrics: [],
    version: '1.2.3',
    logger,
    ...options,
  })
  test.after(() => telemetry.stop(GRACE_MS))
  return { telemetry, lines }
}

/** Sets variables of OpenTelemetry's SDK for one test. */
export function setVariables(test: TestContext, variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) {
    const before = process.env[name]
    process.env[name] = value
    test.after(() => {
      if (before === undefined) Reflect.deleteProperty(process.env, name)
      else process.env[name] = before
    })
  }
}
