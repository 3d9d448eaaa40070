import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { load, startService, startWorld, type BenchRun, type MeasureSection } from '../bench-run.ts'
import { openJsonClients } from '../json-client.ts'
import type { ExchangeRequest } from '../load.ts'
import { SUBJECT, targetOf } from '../world-layout.ts'
import { measureBeside, RIVAL_CLIENTS, RIVAL_TOKENS, sizeOf, type Rival } from './beside.ts'

const SHAPE = { owners: 1, policies: 1, issuers: 1 }
/** What telemetry may cost a warm exchange beside the same one without. */
const RATIO_TARGET = 1.25

/** What telemetry costs a warm exchange: the same service without, with metrics, and with all of its traces exported. */
export const measureTelemetry: MeasureSection = async (run) => {
  const size = sizeOf(run)
  const world = await startWorld(run, SHAPE)
  const collector = await startCollector(run)
  const bearers = await world.tell('sign', { issuer: 0, subject: SUBJECT, count: RIVAL_TOKENS })
  const requestAt = (n: number): ExchangeRequest => ({
    ...targetOf(0, SHAPE),
    bearer: bearers[n % bearers.length] ?? '',
  })
  const metrics = { METRICS: 'true', METRICS_PORT: '0' }
  const traces = { ...metrics, OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: collector }
  const environments = {
    'without telemetry': { METRICS: 'false' },
    metrics,
    // Metrics are sent with them, as an endpoint asks for.
    'metrics and a tenth of the traces': {
      ...traces,
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.1',
    },
    'metrics and every trace': traces,
  }
  const rivals: Rival[] = []
  for (const [name, environment] of Object.entries(environments)) {
    const program = await startService(run, world, { environment })
    run.progress(`${name}: ${size.warmUp} exchanges to warm up`)
    const clients = await openJsonClients(program.port, RIVAL_CLIENTS)
    await load(run, clients, size.warmUp, requestAt)
    rivals.push({ name, program, clients, requestAt, target: RATIO_TARGET })
  }
  await measureBeside(run, { section: 'telemetry', rivals, rounds: size.rounds, exchanges: size.exchanges })
}

/** Takes what it is sent, and throws it away. */
async function startCollector(run: BenchRun): Promise<string> {
  const server: Server = createServer((request, response) => {
    request
      .resume()
      .once('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  run.atEnd(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}
