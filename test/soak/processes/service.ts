import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LoopReport, MonitorOrder, MonitorReport, WorldFacts } from '../messages.ts'
import { sleep } from '../pace.ts'
import { DOMAIN } from '../world/names.ts'
import { SOURCE_LOADER, startChild, type Child } from './child.ts'

const MONITOR = fileURLToPath(new URL('event-loop-delay.mjs', import.meta.url))
const START_MAX_MS = 30_000
const LOOK_INTERVAL_MS = 50

/** Policies are asked for again all the time, so that what goes wrong with that shows in a short run. */
const POLICY_FRESHNESS = '1s'

/** The service as it is, in a process of its own. */
export interface ServiceProcess {
  readonly child: Child<MonitorOrder, MonitorReport>
  readonly port: number
  /** The last of the service's own reports. */
  readonly loop: () => LoopReport | undefined
  /** Begins the measurement of the event loop anew. */
  resetLoop(): void
  /** Bytes of the heap that are in use once the garbage is collected; undefined: the service has died. */
  liveHeap(): Promise<number | undefined>
}

export interface ServiceOptions {
  readonly facts: WorldFacts
  /** Takes all that the service writes: a file, for nobody may be too slow to read it. */
  readonly logFile: string
  /** The folder of a build; undefined: the sources. */
  readonly dist: string | undefined
}

export async function startService({ facts, logFile, dist }: ServiceOptions): Promise<ServiceProcess> {
  const program = dist === undefined ? 'cmd/app/main.ts' : join(dist, 'cmd/app/main.js')
  const loader = dist === undefined ? SOURCE_LOADER : []
  const output = openSync(logFile, 'w')
  const child = startChild<MonitorOrder, MonitorReport>({
    args: [...loader, '--import', MONITOR, program],
    env: {
      PORT: '0',
      STS_HOST: '127.0.0.1',
      STS_DOMAIN: DOMAIN,
      GITHUB_APP_IDS: String(facts.appId),
      APP_SECRET_CERTIFICATE_ENV_VAR: facts.privateKey,
      GITHUB_BASE_URL: facts.gitHubUrl,
      STS_ALLOW_LOOPBACK_ISSUERS: 'true',
      STS_POLICY_FRESHNESS: POLICY_FRESHNESS,
      METRICS: 'false',
    },
    output,
  })
  closeSync(output)
  let loop: LoopReport | undefined
  child.on('loop', (report) => {
    loop = report
  })
  return {
    child,
    port: await portOf(child, logFile),
    loop: () => loop,
    resetLoop() {
      child.send({ kind: 'reset' })
    },
    async liveHeap() {
      const told = child.next('heap').then(
        ({ bytes }) => bytes,
        () => undefined,
      )
      child.send({ kind: 'collect' })
      return told
    },
  }
}

async function portOf({ process }: Child<MonitorOrder, MonitorReport>, logFile: string): Promise<number> {
  for (let waited = 0; waited < START_MAX_MS; waited += LOOK_INTERVAL_MS) {
    const port = /"port":(\d+)[^\n]*listening/.exec(readFileSync(logFile, 'utf8'))?.[1]
    if (port !== undefined) return Number(port)
    if (process.exitCode !== null) break
    await sleep(LOOK_INTERVAL_MS)
  }
  process.kill('SIGKILL')
  throw new Error(`the service did not start:\n${readFileSync(logFile, 'utf8')}`)
}
