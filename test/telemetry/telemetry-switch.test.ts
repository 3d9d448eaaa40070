import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTelemetrySwitch, NO_METRICS, NO_TRACE, type Metrics } from '#pkg/telemetry'
import { tellEverything } from './support/every-metric.ts'

/** Metrics that note the name of every method that is called. */
function notedMetrics(): { readonly metrics: Metrics; readonly calls: string[] } {
  const calls: string[] = []
  const metrics = new Proxy(
    { ...NO_METRICS },
    {
      get: (_, name) => () => {
        calls.push(String(name))
      },
    },
  )
  return { metrics, calls }
}

const tracer = { startRequest: () => NO_TRACE }

describe('createTelemetrySwitch', () => {
  it('hands everything on after use, and nothing of what was before', () => {
    const { metrics, tracer: handed, use } = createTelemetrySwitch()
    const noted = notedMetrics()
    metrics.deliveryReceived('push')
    assert.equal(handed.startRequest({}).context, undefined)
    use({ metrics: noted.metrics, tracer })
    assert.deepEqual(noted.calls, [])
    tellEverything(metrics)
    assert.deepEqual(new Set(noted.calls), new Set(Object.keys(NO_METRICS)))
    assert.equal(handed.startRequest({}), NO_TRACE)
  })

  it('remembers the queue and the store that are watched', () => {
    const { metrics, use } = createTelemetrySwitch()
    const noted = notedMetrics()
    metrics.watchQueueDepth(() => 1)
    metrics.watchStore(() => undefined)
    use({ metrics: noted.metrics, tracer })
    assert.deepEqual(noted.calls, ['watchQueueDepth', 'watchStore'])
  })

  it('keeps the trace of a caller while nothing is traced', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const { context } = createTelemetrySwitch().tracer.startRequest({ traceparent })
    assert.equal(context?.spanId, 'b7ad6b7169203331')
  })
})
