import { core, tracing, type NodeSDKConfiguration } from '@opentelemetry/sdk-node'
import type { Logger } from '../logger.ts'
import { GOOGLE_TRACE_PACKAGE, type TelemetryOptions } from '../telemetry.ts'

const GOOGLE_SAMPLING_RATE = 0.1

type TracePipeline = Pick<Partial<NodeSDKConfiguration>, 'spanProcessors' | 'traceExporter' | 'sampler'>

/**
 * Where spans go to, for the SDK. For `otlp` the SDK finds exporter, sampler and batches in `OTEL_*` by itself.
 *
 * @returns no span processors where nothing is traced.
 */
export async function createTracePipeline({
  traces,
  traceSamplingRate = GOOGLE_SAMPLING_RATE,
  logger,
}: Pick<TelemetryOptions, 'traces' | 'traceSamplingRate' | 'logger'>): Promise<TracePipeline> {
  switch (traces) {
    case 'none':
      return { spanProcessors: [] }
    case 'otlp':
      return {}
    case 'console':
      return { spanProcessors: [new tracing.SimpleSpanProcessor(new tracing.ConsoleSpanExporter())] }
    case 'gcp': {
      const traceExporter = await loadGoogleExporter(logger)
      if (traceExporter === undefined) return { spanProcessors: [] }
      if (core.getStringFromEnv('OTEL_TRACES_SAMPLER') !== undefined) return { traceExporter }
      const root = new tracing.TraceIdRatioBasedSampler(traceSamplingRate)
      return { traceExporter, sampler: new tracing.ParentBasedSampler({ root }) }
    }
  }
}

/** What the package exports, as far as it is needed here; its types are not there where it is not installed. */
interface GoogleTraceModule {
  readonly TraceExporter: new () => tracing.SpanExporter
}

async function loadGoogleExporter(logger: Logger): Promise<tracing.SpanExporter | undefined> {
  try {
    const module: unknown = await import(GOOGLE_TRACE_PACKAGE)
    if (hasTraceExporter(module)) return new module.TraceExporter()
    logger.warn({ package: GOOGLE_TRACE_PACKAGE }, 'traces are not sent: the package has no TraceExporter')
  } catch (thrown) {
    const isMissing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_MODULE_NOT_FOUND'
    if (isMissing) logger.warn({}, `traces are not sent: run npm install ${GOOGLE_TRACE_PACKAGE}`)
    else logger.warn({ err: thrown }, 'traces are not sent: their exporter could not be started')
  }
  return undefined
}

function hasTraceExporter(module: unknown): module is GoogleTraceModule {
  return (
    typeof module === 'object' &&
    module !== null &&
    'TraceExporter' in module &&
    typeof module.TraceExporter === 'function'
  )
}
