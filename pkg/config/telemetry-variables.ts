import { BOOLEAN } from './go-boolean.ts'
import { PORT_NUMBER } from './network-types.ts'
import { METRICS_EXPORTERS, OTEL_BOOLEAN, SAMPLING_RATE, TRACES_EXPORTER } from './telemetry-types.ts'
import { HTTP_URL } from './url-types.ts'
import type { ReadVariable } from './variable.ts'

/** What every program reads of metrics and traces. The standard variables that are not here go to OpenTelemetry. */
export const TELEMETRY_VARIABLES = {
  METRICS: {
    topic: 'Telemetry',
    meaning: 'serves metrics to Prometheus, and lets a collector alone switch telemetry on',
    type: BOOLEAN,
    default: 'true',
    octoSts: true,
    remarks:
      'With `false`, only exporters count that `OTEL_METRICS_EXPORTER` or `OTEL_TRACES_EXPORTER` names. Events and records do not depend on it, unlike in octo-sts.',
  },
  METRICS_PORT: {
    topic: 'Telemetry',
    meaning: 'port of the Prometheus endpoint',
    type: PORT_NUMBER,
    default: '2112',
    octoSts: true,
    example: '9090',
    remarks:
      'Another port than `PORT`, and not for the public: it asks for no authorization. With `0` the system chooses. A port in use is a warning, and the program goes on.',
  },
  OTEL_METRICS_EXPORTER: {
    topic: 'Telemetry',
    meaning: 'where metrics go, beside the Prometheus endpoint of METRICS',
    type: METRICS_EXPORTERS,
    example: 'otlp',
    remarks:
      'Unset: `otlp` where an OTLP endpoint is set, else nowhere. `prometheus` serves `METRICS_PORT` also with `METRICS=false`; `none` adds nothing to `METRICS`.',
  },
  OTEL_TRACES_EXPORTER: {
    topic: 'Telemetry',
    meaning: 'where traces go',
    type: TRACES_EXPORTER,
    octoSts: true,
    example: 'otlp',
    remarks:
      'Unset: `otlp` where an OTLP endpoint is set, else `none`. `gcp` needs the package `@google-cloud/opentelemetry-cloud-trace-exporter`.',
  },
  OTEL_TRACE_SAMPLING_RATE: {
    topic: 'Telemetry',
    meaning: 'share of the requests that gcp traces, where the caller has not decided',
    type: SAMPLING_RATE,
    default: '0.1',
    octoSts: true,
    example: '0.01',
    remarks: 'For other exporters `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` say it.',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    topic: 'Telemetry',
    meaning: 'collector that metrics and traces are sent to',
    type: HTTP_URL,
    example: 'http://localhost:4318',
    remarks: 'It does not have to be there at the start: what cannot be sent is dropped.',
  },
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: {
    topic: 'Telemetry',
    meaning: 'collector of traces alone',
    type: HTTP_URL,
    example: 'http://localhost:4318/v1/traces',
  },
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: {
    topic: 'Telemetry',
    meaning: 'collector of metrics alone',
    type: HTTP_URL,
    example: 'http://localhost:4318/v1/metrics',
  },
  OTEL_SDK_DISABLED: {
    topic: 'Telemetry',
    meaning: 'switches all metrics and traces off, whatever the others say',
    type: OTEL_BOOLEAN,
    default: 'false',
  },
} as const satisfies Readonly<Record<string, ReadVariable>>
