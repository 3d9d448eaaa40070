import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startCollector } from '../support/collector.ts'
import { warnings } from '../support/log-lines.ts'
import { runTelemetry, setVariables } from '../support/running-telemetry.ts'
import { readSeries } from '../support/scraped-series.ts'

const ENDED = { requestId: 'r', transport: 'http', route: '/', status: 200 } as const

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describe('startTelemetry', () => {
  const LOADER = 'typescript' in process.features && process.features.typescript ? [] : ['--import', 'tsx']
  const cases: readonly (readonly [name: string, prometheus: string, loads: boolean])[] = [
    ['loads nothing of OpenTelemetry when nothing is asked for', 'undefined', false],
    ['loads it when metrics are asked for', "{ host: '127.0.0.1', port: 0 }", true],
  ]
  for (const [name, prometheus, loads] of cases) {
    it(name, () => {
      // The SDK is CommonJS, so whatever is loaded of it stands in the cache of `require`, however it was imported.
      const script = `
        import { createRequire } from 'node:module'
        import { createLogger, createTelemetrySwitch, startTelemetry } from '#pkg/telemetry'
        const { metrics, tracer, use } = createTelemetrySwitch()
        const logger = createLogger({ level: 'silent' })
        const telemetry = await startTelemetry({
          program: 'app', prometheus: ${prometheus}, traces: 'none', metrics: [], version: '1', logger,
        })
        use(telemetry)
        metrics.deliveryReceived('push')
        tracer.startRequest({}).end(${JSON.stringify(ENDED)})
        const files = Object.keys(createRequire(import.meta.url).cache)
        console.log(files.filter((file) => file.includes('@opentelemetry')).length)
        await telemetry.stop(1000)`
      const { stdout, stderr } = spawnSync(
        process.execPath,
        [...LOADER, '--input-type=module', '--eval', script],
        { cwd: fileURLToPath(new URL('../../..', import.meta.url)), encoding: 'utf8' },
      )
      assert.match(stdout, /^\d+\n$/, stderr)
      assert.equal(Number(stdout) > 0, loads)
    })
  }

  it('describes the service to Prometheus, each label once', async (test) => {
    setVariables(test, { OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test,a.b=1,a_b=2,1x=3' })
    const { telemetry } = await runTelemetry(test, { serviceName: 'sts', revision: 'sts-00001' })
    telemetry.metrics.deliveryReceived('push')
    const [target] = readSeries((await telemetry.scrape()) ?? '')
    assert.equal(target?.name, 'target_info')
    assert.equal(target.labels['service_name'], 'sts')
    assert.equal(target.labels['service_version'], '1.2.3')
    assert.equal(target.labels['revision_name'], 'sts-00001')
    assert.equal(target.labels['deployment_environment_name'], 'test')
  })

  const names: readonly (readonly [variable: string, option: string | undefined, expected: string])[] = [
    ['from-variable', 'from-option', 'from-variable'],
    ['', 'from-option', 'from-option'],
    ['', undefined, 'github-sts-app'],
  ]
  for (const [variable, serviceName, expected] of names) {
    it(`names the service ${expected}`, async (test) => {
      setVariables(test, { OTEL_SERVICE_NAME: variable })
      const { telemetry } = await runTelemetry(test, { serviceName })
      const [target] = readSeries((await telemetry.scrape()) ?? '')
      assert.equal(target?.labels['service_name'], expected)
    })
  }

  it('begins at zero what alerts look at, so that the first time is an increase', async (test) => {
    const { telemetry } = await runTelemetry(test, {})
    const series = readSeries((await telemetry.scrape()) ?? '')
    for (const name of ['sts_event_dropped_count_total', 'sts_audit_failure_count_total']) {
      const sinks = series.filter((each) => each.name === name).map(({ labels }) => labels['sink'])
      assert.deepEqual(sinks, ['events', 'log'], name)
    }
  })

  it('can be started again after it was stopped', async (test) => {
    for (let round = 0; round < 2; round += 1) {
      const { telemetry, lines } = await runTelemetry(test)
      telemetry.metrics.deliveryReceived('push')
      const series = readSeries((await telemetry.scrape()) ?? '')
      const count = series.find(({ name }) => name === 'sts_webhook_delivery_count_total')
      assert.equal(count?.value, 1)
      await telemetry.stop(1_000)
      assert.deepEqual(warnings(lines), [])
    }
  })

  it('goes on with one warning when the port of metrics is taken', async (test) => {
    const taken = createServer().listen(0, '127.0.0.1')
    test.after(() => taken.close())
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const { telemetry, lines } = await runTelemetry(test, { prometheus: { host: '127.0.0.1', port } })
    assert.equal(telemetry.metricsPort, undefined)
    assert.equal(warnings(lines).length, 1)
    telemetry.metrics.deliveryReceived('push')
    assert.match((await telemetry.scrape()) ?? '', /sts_webhook_delivery_count_total/)
  })

  it('goes on with one warning, which names the package, when that for Google is not installed', async (test) => {
    const { telemetry, lines } = await runTelemetry(test, { traces: 'gcp' })
    const [warning, ...others] = warnings(lines)
    assert.match(warning ?? '', /npm install @google-cloud\/opentelemetry-cloud-trace-exporter/)
    assert.deepEqual(others, [])
    assert.equal(telemetry.tracer.startRequest({}).context, undefined)
  })

  for (const protocol of ['http/protobuf', 'http/json', 'grpc']) {
    it(`goes on with one warning when nobody takes what is sent by ${protocol}`, async (test) => {
      setVariables(test, {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await unusedPort()}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_EXPORTER_OTLP_TIMEOUT: '100',
        OTEL_BSP_SCHEDULE_DELAY: '10',
        OTEL_BSP_MAX_QUEUE_SIZE: '100',
        OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '20',
        OTEL_METRIC_EXPORT_INTERVAL: '50',
      })
      const { telemetry, lines } = await runTelemetry(test, { traces: 'otlp', metrics: ['otlp'] })
      for (let count = 0; count < 10; count += 1) {
        for (let request = 0; request < 100; request += 1) {
          telemetry.metrics.deliveryReceived('push')
          telemetry.tracer.startRequest({}).end(ENDED)
        }
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      await telemetry.stop(2_000)
      assert.deepEqual(warnings(lines), ['telemetry could not be sent'])
    })
  }

  it('sends metrics and traces by the protocol that is set', async (test) => {
    for (const [protocol, type] of [
      ['http/protobuf', 'application/x-protobuf'],
      ['http/json', 'application/json'],
    ] as const) {
      const collector = await startCollector(test)
      setVariables(test, {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      })
      const { telemetry, lines } = await runTelemetry(test, { traces: 'otlp', metrics: ['otlp'] })
      telemetry.metrics.deliveryReceived('push')
      telemetry.tracer.startRequest({}).end(ENDED)
      await telemetry.stop(5_000)
      assert.deepEqual([...collector.paths].sort(), ['/v1/metrics', '/v1/traces'])
      assert.deepEqual(collector.types, [type, type])
      assert.deepEqual(warnings(lines), [])
    }
  })

  it('does nothing where the SDK is switched off', async (test) => {
    setVariables(test, { OTEL_SDK_DISABLED: 'true' })
    const { telemetry } = await runTelemetry(test, { traces: 'console' })
    telemetry.metrics.deliveryReceived('push')
    assert.equal(await telemetry.scrape(), undefined)
    assert.equal(telemetry.tracer.startRequest({}).context, undefined)
  })

  it('stops within its grace when the receiver does not answer', async (test) => {
    const collector = await startCollector(test, { answers: false })
    setVariables(test, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })
    const { telemetry } = await runTelemetry(test, { traces: 'otlp', prometheus: undefined })
    telemetry.tracer.startRequest({}).end(ENDED)
    const before = performance.now()
    await telemetry.stop(200)
    await telemetry.stop(60_000)
    // Without the grace it would be the ten seconds of the exporter.
    assert.ok(performance.now() - before < 5_000)
  })
})
