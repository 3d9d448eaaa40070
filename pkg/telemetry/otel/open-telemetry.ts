import { ROOT_CONTEXT, type ContextManager } from '@opentelemetry/api'
import { api, core, NodeSDK } from '@opentelemetry/sdk-node'
import { createGauges } from '../metric/gauges.ts'
import {
  startMetricsServer,
  type MetricsServer,
  type MetricsServerOptions,
} from '../metric/metrics-server.ts'
import { NO_METRICS } from '../metric/metrics.ts'
import type { Logger } from '../logger.ts'
import type { Telemetry, TelemetryOptions } from '../telemetry.ts'
import { NO_TRACER } from '../trace/no-tracer.ts'
import { createDiagnostics, type Diagnostics } from './diagnostics.ts'
import { createGaugeProducer } from './gauge-producer.ts'
import { createPushReaders } from './metric-readers.ts'
import { createOtelMetrics } from './otel-metrics.ts'
import { createOtelTracer } from './otel-tracer.ts'
import { createPrometheusReader } from './prometheus-reader.ts'
import { describeService } from './resource.ts'
import { createTracePipeline } from './trace-pipeline.ts'

const SCOPE_NAME = 'github-sts'

/** Contexts are handed on by hand: AsyncLocalStorage costs each promise on Node 20. */
const NO_CONTEXT_MANAGER: ContextManager = {
  active: () => ROOT_CONTEXT,
  with: (_, work, self, ...values) => work.apply(self, values),
  bind: (_, target) => target,
  enable: () => NO_CONTEXT_MANAGER,
  disable: () => NO_CONTEXT_MANAGER,
}

/**
 * Starts OpenTelemetry's SDK, without instrumentation of any library. The SDK keeps its providers in globals, so a
 * process can have it once at a time.
 */
export async function startOpenTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const { prometheus, version, logger, now = Date.now, health = () => true } = options
  const diagnostics = createDiagnostics(logger, now)
  const gauges = createGauges(now)
  const gaugeProducer = createGaugeProducer(gauges, { name: SCOPE_NAME, version }, now)
  const puller = prometheus && createPrometheusReader(gaugeProducer)

  listenToTrouble(diagnostics)
  const pipeline = await createTracePipeline(options)
  const pushers = await createPushReaders(options.metrics, gaugeProducer)
  const metricReaders = puller === undefined ? [...pushers] : [...pushers, puller.reader]
  // Where OTEL_LOG_LEVEL is set the SDK makes a logger to the console, and tells the one before of it.
  api.diag.disable()
  const sdk = new NodeSDK({
    ...pipeline,
    metricReaders,
    resource: describeService(options),
    autoDetectResources: false,
    contextManager: NO_CONTEXT_MANAGER,
    textMapPropagator: null,
    instrumentations: [],
    logRecordProcessors: [],
  })
  listenToTrouble(diagnostics)
  sdk.start()

  const isOn = !core.getBooleanFromEnv('OTEL_SDK_DISABLED')
  const measures = isOn && metricReaders.length > 0
  const traces = isOn && pipeline.spanProcessors?.length !== 0
  const scrape = async (): Promise<string | undefined> => (isOn ? puller?.scrape() : undefined)
  const server = prometheus && (await serveMetrics({ ...prometheus, scrape, health }, logger))

  let stopping: Promise<void> | undefined

  async function stop(graceMs: number): Promise<void> {
    await withinGrace(graceMs, sdk.shutdown().catch(diagnostics.exportFailed))
    await server?.close()
    for (const part of [api.trace, api.metrics, api.context, api.diag]) part.disable()
    core.setGlobalErrorHandler(core.loggingErrorHandler())
  }

  return {
    metrics: measures
      ? createOtelMetrics(api.metrics.getMeter(SCOPE_NAME, version), gauges, options.program)
      : NO_METRICS,
    tracer: traces ? createOtelTracer(api.trace.getTracer(SCOPE_NAME, version)) : NO_TRACER,
    metricsPort: server?.port,
    scrape,
    stop: (graceMs) => (stopping ??= stop(graceMs)),
  }
}

function listenToTrouble({ logger, exportFailed }: Diagnostics): void {
  api.diag.setLogger(logger, { logLevel: api.DiagLogLevel.WARN, suppressOverrideMessage: true })
  core.setGlobalErrorHandler(exportFailed)
}

/** A port that cannot be had is no reason to give no tokens. */
async function serveMetrics(
  options: MetricsServerOptions,
  logger: Logger,
): Promise<MetricsServer | undefined> {
  try {
    const server = await startMetricsServer(options)
    logger.info({ port: server.port }, 'serving metrics')
    return server
  } catch (thrown) {
    logger.warn({ port: options.port, err: thrown }, 'metrics are not served: their port cannot be had')
    return undefined
  }
}

/** Resolves when `work` has, or the time has passed. */
async function withinGrace(graceMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const grace = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, graceMs)
  })
  await Promise.race([work, grace])
  clearTimeout(timer)
}
