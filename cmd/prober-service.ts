import { fetch } from 'undici'
import type { Fetch } from '#pkg/client'
import type { ConfigError, ProberConfig } from '#pkg/config'
import { createConnectionPool } from '#pkg/github'
import {
  createNegativeProber,
  createProber,
  createProberRunner,
  type ProberName,
  type ProbeResult,
} from '#pkg/prober'
import { NO_METRICS, type Logger } from '#pkg/telemetry'
import { createProberServer } from '#pkg/transport'
import { observeConnections } from './connection-observer.ts'
import { createTokenSource } from './prober-token-source.ts'
import type { ProgramTelemetry } from './telemetry.ts'

/** For the run in hand, which ends early and revokes its tokens, and for answers that wait for it. */
const ANSWER_GRACE_MS = 4_000

/** A prober: all parts, connected. */
export interface ProberService {
  /** Why there cannot be a token to exchange, as far as that can be seen beforehand. */
  findProblem(): Promise<ConfigError | undefined>
  /** Resolves with the port once requests are taken; begins to run again and again. */
  listen(): Promise<number>
  /** A run: the one in hand, or a new one. Never rejects. */
  run(): Promise<ProbeResult>
  /** The result of the last run. */
  latest(): ProbeResult | undefined
  /** Turns readiness, waits for `delayMs`, ends the run in hand, revokes its tokens. */
  stop(delayMs: number): Promise<void>
}

/** What a prober needs of the telemetry of its program. */
export type ProberInstruments = Pick<ProgramTelemetry, 'metrics' | 'scrape'>

const NO_INSTRUMENTS: ProberInstruments = { metrics: NO_METRICS, scrape: () => Promise.resolve(undefined) }

/** Builds the prober that `config` describes. Nothing is opened before `listen` or `run`. */
export function createProberService(
  name: ProberName,
  config: ProberConfig,
  logger: Logger,
  { metrics, scrape }: ProberInstruments = NO_INSTRUMENTS,
): ProberService {
  const { service, scope, identity, gitHubBaseUrl, certificateAuthorities, listener } = config
  const pool = createConnectionPool({ ca: certificateAuthorities, proxy: config.proxy })
  // Not the global one: it knows nothing of proxies and certificates.
  const fetchPooled: Fetch = (url, init) => fetch(url, { ...init, dispatcher: pool })
  const tokens = createTokenSource(config.token, fetchPooled)
  const create = name === 'prober' ? createProber : createNegativeProber
  const probe = create({
    service: { url: service.url, audience: service.domain },
    scope,
    identity,
    gitHubUrl: gitHubBaseUrl,
    tokens,
    fetch: fetchPooled,
    certificateAuthorities,
  })
  const runner = createProberRunner({ name, probe, intervalMs: config.intervalMs, metrics, logger })
  const server = createProberServer({
    recent: () => runner.recent(),
    scrape,
    authorization: config.authorization,
    host: listener.host,
    port: listener.port,
    observer: observeConnections(logger, metrics),
  })

  return {
    findProblem: () => tokens.findProblem(),
    async listen() {
      const port = await server.listen()
      runner.start()
      return port
    },
    run: () => runner.run(),
    latest: () => runner.latest(),
    async stop(delayMs) {
      server.drain()
      await new Promise((resolve) => setTimeout(resolve, delayMs))
      await Promise.all([runner.stop(), server.close({ graceMs: ANSWER_GRACE_MS })])
      await Promise.all([pool.destroy(), tokens.close()])
    },
  }
}
