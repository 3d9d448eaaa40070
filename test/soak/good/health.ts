import { request } from 'node:http'
import { Client, credentials } from '@grpc/grpc-js'
import { service as healthDefinition } from 'grpc-health-check'
import { pace } from '../pace.ts'

const CHECKS_PER_SECOND = 10
/** An orchestrator's usual time-out for a probe is 1 s; later answers are counted all the same. */
const CHECK_TIMEOUT_MS = 5_000

export interface HealthTally {
  readonly name: string
  readonly latenciesMs: number[]
  failed: number
}

export interface HealthChecks {
  readonly tallies: readonly HealthTally[]
  run(signal: AbortSignal): Promise<void>
  close(): void
}

/** Looks at the service's health ten times a second: over HTTP with a new connection each time, and over gRPC. */
export function createHealthChecks(port: number): HealthChecks {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
  const checks = [
    { tally: newTally('GET /healthz'), check: () => checkHttp(port) },
    { tally: newTally('grpc.health.v1'), check: () => checkGrpc(client) },
  ]
  return {
    tallies: checks.map(({ tally }) => tally),
    async run(signal) {
      await Promise.all(
        checks.map(({ tally, check }) =>
          pace({ perSecond: CHECKS_PER_SECOND, signal }, async () => {
            const startedAt = performance.now()
            if (await check().catch(() => false)) tally.latenciesMs.push(performance.now() - startedAt)
            else tally.failed += 1
          }),
        ),
      )
    },
    close() {
      client.close()
    },
  }
}

function newTally(name: string): HealthTally {
  return { name, latenciesMs: [], failed: 0 }
}

function checkHttp(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS)
    request({ agent: false, host: '127.0.0.1', port, path: '/healthz', signal }, (response) => {
      response.resume().on('error', reject)
      response.on('end', () => {
        resolve(response.statusCode === 200)
      })
    })
      .on('error', reject)
      .end()
  })
}

function checkGrpc(client: Client): Promise<boolean> {
  const { Check } = healthDefinition
  if (Check === undefined) throw new Error('grpc-health-check has no Check')
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      Check.path,
      Check.requestSerialize,
      (bytes: Buffer) => Check.responseDeserialize(bytes) as { readonly status: string },
      { service: '' },
      { deadline: Date.now() + CHECK_TIMEOUT_MS },
      (error, answer) => {
        resolve(error === null && answer?.status === 'SERVING')
      },
    )
  })
}
