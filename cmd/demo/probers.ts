import { readFileSync } from 'node:fs'
import { readProberConfig } from '#pkg/config'
import type { ProbeResult } from '#pkg/prober'
import type { Logger } from '#pkg/telemetry'
import { createProberService } from '../prober-service.ts'
import { PROBER_SCOPE } from './activity.ts'
import { configured } from './configured.ts'

/** The policy of {@link PROBER_SCOPE}. */
const PROBER_IDENTITY = 'prober'

/** A prober of the demo. */
export interface DemoProber {
  readonly url: string
  /** The result of a run from now on, or of the one that is under way. */
  run(): Promise<ProbeResult>
  latest(): ProbeResult | undefined
  stop(): Promise<void>
}

/** Both probers. */
export interface Probers {
  readonly prober: DemoProber
  readonly negativeProber: DemoProber
}

/** What the environments of both have in common. */
export type ProberEnvironment = Readonly<
  Record<'STS_HOST' | 'STS_DOMAIN' | 'STS_URL' | 'GITHUB_BASE_URL' | 'METRICS', string>
>

/**
 * Starts both probers, whose tokens are those of jobs of acme/prober: on its main branch, which the policy lets in, and
 * on another, which it does not.
 *
 * @param issuerUrl - the issuer that speaks for the jobs.
 */
export async function startProbers(
  environment: ProberEnvironment,
  issuerUrl: string,
  ports: { readonly prober: number; readonly negativeProber: number },
  logger: Logger,
): Promise<Probers> {
  const start = async (name: ProbeResult['prober'], ref: string, port: number): Promise<DemoProber> => {
    const query = new URLSearchParams({ repository: PROBER_SCOPE, ref })
    const variables = {
      ...environment,
      PORT: String(port),
      PROBER_SCOPE,
      PROBER_IDENTITY,
      PROBER_TOKEN_URL: `${issuerUrl}/actions/token?${query.toString()}`,
      PROBER_INTERVAL: '30s',
      PROBER_ALLOW_ANONYMOUS: 'true',
    }
    const config = configured(
      readProberConfig(variables, { readFile: (path) => readFileSync(path) }, { once: false }),
    )
    const service = createProberService(name, config, logger)
    const url = `http://127.0.0.1:${await service.listen()}`
    return { url, run: () => service.run(), latest: () => service.latest(), stop: () => service.stop(0) }
  }
  const [prober, negativeProber] = await Promise.all([
    start('prober', 'main', ports.prober),
    start('negative-prober', 'negative-prober', ports.negativeProber),
  ])
  return { prober, negativeProber }
}
