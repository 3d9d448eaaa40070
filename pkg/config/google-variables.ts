import { textType } from './value-type.ts'
import type { ReadVariable } from './variable.ts'

const CLOUD_RUN_NAME = textType(/^[A-Za-z0-9._-]{1,128}$/, 'a name of letters, digits, ".", "_" and "-"')

/** The variables of Google Cloud. Cloud Run sets some of them by itself. */
export const GOOGLE_VARIABLES = {
  GOOGLE_CLOUD_PROJECT: {
    topic: 'Google Cloud',
    meaning: 'project that log lines name their trace in',
    type: textType(/^[a-z0-9][a-z0-9.:-]{0,127}$/, 'the id of a project'),
    example: 'acme-sts',
    remarks:
      'With it, a log line that belongs to a trace carries `logging.googleapis.com/trace`, so that Cloud Logging shows both together. Unset on Cloud Run: the metadata server is asked.',
  },
  K_SERVICE: {
    topic: 'Google Cloud',
    meaning: 'name of the service in telemetry, where OTEL_SERVICE_NAME is unset',
    type: CLOUD_RUN_NAME,
    example: 'github-sts',
    remarks: 'Cloud Run sets it.',
  },
  K_REVISION: {
    topic: 'Google Cloud',
    meaning: 'revision of the service in telemetry',
    type: CLOUD_RUN_NAME,
    example: 'github-sts-00042-abc',
    remarks: 'Cloud Run sets it.',
  },
  GCE_METADATA_HOST: {
    topic: 'Google Cloud',
    meaning: 'metadata server, where it is not metadata.google.internal',
    type: textType(
      /^(?:\[[0-9A-Fa-f:]{2,39}\]|[A-Za-z0-9.-]{1,253})(?::\d{1,5})?$/,
      'a host or host:port, without scheme',
    ),
    example: '169.254.169.254',
    remarks: 'Identity tokens for events, and those of a prober without another source, come from it.',
  },
} as const satisfies Readonly<Record<string, ReadVariable>>
