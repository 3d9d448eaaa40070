import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startCollector } from './support/collector.ts'
import { startDeployment } from './support/deployment.ts'
import { startEventReceiver } from './support/event-receiver.ts'

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const TRACEPARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`
const REASON = 'subject_mismatch'

test('the request id of a denial finds its log line, its record, its event and its trace', async (t) => {
  const receiver = await startEventReceiver(t)
  const collector = await startCollector(t)
  const { app, url, token, github } = await startDeployment(t, {
    METRICS: 'true',
    METRICS_PORT: '0',
    EVENT_INGRESS_URI: receiver.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '100',
  })
  const [, metricsPort] = await app.saw(/"port":(\d+),"message":"serving metrics"/)

  const response = await fetch(`${url}/sts/exchange?scope=acme/app&identity=reader`, {
    headers: {
      authorization: `Bearer ${await token({ sub: 'repo:acme/app:ref:refs/heads/other' })}`,
      traceparent: TRACEPARENT,
    },
  })
  const requestId = response.headers.get('sts-request-id')
  const denial = await response.text()
  assert.equal(response.status, 403, denial)
  assert.ok(requestId !== null && denial.includes(requestId))

  // The log line, which holds the record.
  const [line] = await app.saw(new RegExp(`[^\\n]*"requestId":"${requestId}"[^\\n]*`))
  const logged = JSON.parse(line) as { trace_id: string; record: { outcome: string; reason: string } }
  assert.deepEqual(
    [logged.trace_id, logged.record.outcome, logged.record.reason],
    [TRACE_ID, 'POLICY_MISMATCH', REASON],
  )

  // The event.
  const event = await until(() =>
    receiver.events.find(({ data }) => (data as { request_id?: string }).request_id === requestId),
  )
  assert.equal(event.type, 'dev.octo-sts.exchange')
  const data = event.data as Record<string, unknown>
  assert.deepEqual(
    [data['code'], data['reason'], data['trace_id'], data['scope'], data['identity'], data['token_sha256']],
    ['POLICY_MISMATCH', REASON, TRACE_ID, 'acme/app', 'reader', ''],
  )
  assert.match(String(event['traceparent']), new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-01$`))

  // The trace: the request, and below it the step that refused.
  const root = await until(() =>
    collector.spans.find(({ attributes }) => attributes['sts.request_id'] === requestId),
  )
  assert.deepEqual(
    [root.traceId, root.parentSpanId, root.attributes['sts.code'], root.attributes['sts.reason']],
    [TRACE_ID, '00f067aa0ba902b7', 'POLICY_MISMATCH', REASON],
  )
  const steps = await until(() => {
    const found = collector.spans.filter(({ parentSpanId }) => parentSpanId === root.spanId)
    return found.some(({ name }) => name.includes('match')) ? found : undefined
  })
  assert.deepEqual(
    steps.flatMap(({ name, attributes }) =>
      attributes['sts.reason'] === undefined ? [] : [[name, attributes['sts.reason']]],
    ),
    [['match', REASON]],
  )

  // And it is counted.
  const scrape = await (await fetch(`http://127.0.0.1:${String(metricsPort)}/metrics`)).text()
  assert.match(scrape, new RegExp(`^sts_denial_count\\w*\\{[^}]*reason="${REASON}"[^}]*\\} 1$`, 'm'))
  assert.ok(!scrape.includes('acme'), 'no label has a name that a caller chose')
  assert.equal(
    github.liveTokens().some(({ permissions }) => 'issues' in permissions),
    false,
  )
})

async function until<T>(look: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const found = look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('it did not come within 10 s')
}
