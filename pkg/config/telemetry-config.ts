import type { ConfigError } from './config-error.ts'
import type { GOOGLE_VARIABLES } from './google-variables.ts'
import type { TELEMETRY_VARIABLES } from './telemetry-variables.ts'
import type { Values } from './variable.ts'

/** Which metrics and traces leave a program, and how. */
export interface TelemetryConfig {
  /** Where Prometheus scrapes; undefined: nowhere. */
  readonly prometheus:
    | {
        /** Undefined: every address. */
        readonly host: string | undefined
        /** 0: the system chooses. */
        readonly port: number
      }
    | undefined
  readonly traces: 'none' | 'otlp' | 'console' | 'gcp'
  /** Where metrics are sent to. */
  readonly metrics: readonly ('otlp' | 'console')[]
  /** From 0 to 1; of `gcp` alone. */
  readonly traceSamplingRate: number
  /** Of Cloud Run. */
  readonly serviceName: string | undefined
  /** Of Cloud Run. */
  readonly revision: string | undefined
  /** The project that log lines name their trace in. */
  readonly googleProject: string | undefined
}

type TelemetryValues = Values<typeof TELEMETRY_VARIABLES> &
  Pick<Values<typeof GOOGLE_VARIABLES>, 'GOOGLE_CLOUD_PROJECT' | 'K_SERVICE' | 'K_REVISION'> & {
    readonly PORT: number | undefined
    readonly STS_HOST: string | undefined
  }

/**
 * Which telemetry is on.
 *
 * @param isScraped - false for a program that ends by itself: nobody would come in time.
 */
export function readTelemetry(
  values: TelemetryValues,
  isScraped: boolean,
  report: (error: ConfigError) => void,
): TelemetryConfig {
  const {
    METRICS: isOn,
    METRICS_PORT: port,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector,
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: metricsCollector = collector,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: tracesCollector = collector,
    OTEL_METRICS_EXPORTER: exporters = isOn && metricsCollector !== undefined ? ['otlp'] : [],
    OTEL_TRACES_EXPORTER: traces = isOn && tracesCollector !== undefined ? 'otlp' : 'none',
  } = values
  const names = {
    traceSamplingRate: values.OTEL_TRACE_SAMPLING_RATE,
    serviceName: values.K_SERVICE,
    revision: values.K_REVISION,
    googleProject: values.GOOGLE_CLOUD_PROJECT,
  }
  if (values.OTEL_SDK_DISABLED) return { prometheus: undefined, traces: 'none', metrics: [], ...names }
  const isServed = isScraped && (isOn || exporters.includes('prometheus'))
  if (isServed && port !== 0 && port === values.PORT) {
    report({
      variable: 'PORT, METRICS_PORT',
      holds: `${port} each`,
      problem: 'metrics are never served on the public port',
      allowed: 'two ports, or METRICS=false',
    })
  }
  return {
    prometheus: isServed ? { host: values.STS_HOST, port } : undefined,
    traces,
    metrics: exporters.filter((each) => each !== 'prometheus'),
    ...names,
  }
}
