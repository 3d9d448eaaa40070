import { createEventSink, createLogSink, createRecorder, type NamedSink, type Sink } from '#pkg/audit'
import type { ServiceConfig } from '#pkg/config'
import { createConnectionPool } from '#pkg/github'
import { createMetadataServer } from '#pkg/google'
import type { Logger, Metrics } from '#pkg/telemetry'

/** Where the records of exchanges go. */
export interface Records {
  readonly sink: Sink
  /** Asks the surroundings what lines and events need to know. */
  open(): void
  /** Sends what is still queued within `graceMs`, and closes the connections. */
  close(graceMs: number): Promise<void>
}

/** The log, and the receiver of events if there is one. Nothing is asked or opened before `open`. */
export function createRecords(config: ServiceConfig, logger: Logger, metrics: Metrics): Records {
  const { telemetry, events, github, domain } = config
  const metadata = createMetadataServer({ host: config.metadataHost })
  let googleProject = telemetry.googleProject
  const isOnCloudRun = telemetry.serviceName !== undefined
  function open(): void {
    if (googleProject !== undefined || !isOnCloudRun) return
    // The metadata server knows; until it has said so, lines name their trace without the project.
    metadata.projectId({ signal: new AbortController().signal }).then(
      (project) => (googleProject = project),
      (err: unknown) => {
        logger.warn({ err }, 'the Google project is not known: log lines do not link to Cloud Trace')
      },
    )
  }
  const log: NamedSink = {
    name: 'log',
    mode: 'required',
    sink: createLogSink(logger, { googleProject: () => googleProject }),
  }
  const onFailure = (sink: string): void => {
    metrics.auditFailed(sink)
  }
  if (events === undefined) {
    return { sink: createRecorder({ sinks: [log], onFailure }), open, close: () => metadata.close() }
  }
  const mode = events.required ? 'required' : 'best_effort'
  const dispatcher = createConnectionPool({ ca: github.certificateAuthorities, proxy: github.proxy })
  const sink = createEventSink({
    target: events.target,
    domain,
    mode,
    // On Cloud Run there is a metadata server, whether or not it answers just now.
    auth: events.auth ?? (isOnCloudRun && events.target.startsWith('https:') ? 'google' : undefined),
    metadata,
    dispatcher,
    logger,
    onDrop: (name) => {
      metrics.eventDropped(name)
    },
  })
  // A receiver that is required comes first: the log then says OK only of what it has taken.
  return {
    sink: createRecorder({ sinks: [{ name: 'events', mode, sink }, log], onFailure }),
    open,
    async close(graceMs) {
      await sink.close(graceMs)
      await Promise.all([dispatcher.destroy(), metadata.close()])
    },
  }
}
