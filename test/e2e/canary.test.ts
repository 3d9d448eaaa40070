import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { FaultEffect } from '../../emulator/index.ts'
import { startCollector } from './support/collector.ts'
import { APP_KEY, startDeployment } from './support/deployment.ts'
import { startEventReceiver } from './support/event-receiver.ts'

const OPERATIONS = [
  'apps/get-repo-installation',
  'apps/create-installation-access-token',
  'repos/get-content',
  'apps/revoke-installation-access-token',
]

/** A server that lies, and repeats what it was told and what it knows in every member of its answer. */
const ECHO: FaultEffect = {
  kind: 'answer',
  rewrite: (body, { headers }) => ({
    ...(typeof body === 'object' ? body : {}),
    message: `canary ${headers.authorization ?? ''} ${JSON.stringify(body)}`,
    permissions: { [`canary ${headers.authorization ?? ''}`]: 'write' },
  }),
}

const EFFECTS: readonly FaultEffect[] = [
  ECHO,
  { ...ECHO, status: 401 },
  { ...ECHO, status: 403 },
  { ...ECHO, status: 422 },
  { ...ECHO, status: 500 },
  { kind: 'bad_json' },
  { kind: 'cut_body' },
  { kind: 'wrong_type' },
  { kind: 'reset', worked: true },
]

describe('a service that everything goes wrong for', () => {
  test('writes and answers no token, no App JWT and no key', async (t) => {
    const receiver = await startEventReceiver(t)
    const collector = await startCollector(t)
    const { github, app, url, token } = await startDeployment(t, {
      METRICS_PORT: '0',
      METRICS: 'true',
      EVENT_INGRESS_URI: receiver.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_METRICS_EXPORTER: 'otlp,prometheus',
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_METRIC_EXPORT_INTERVAL: '500',
      OTEL_METRIC_EXPORT_TIMEOUT: '400',
      STS_LOG_LEVEL: 'debug',
      STS_DENIAL_DETAIL: 'always',
      STS_POLICY_FRESHNESS: '1ms',
    })
    const [, metricsPort] = await app.saw(/"port":(\d+),"message":"serving metrics"/)
    const secrets = new Set<string>(['ghs_0123456789abcdefghij'])
    let answers = ''
    const ask = async (scope: string): Promise<void> => {
      const bearer = await token({ jti: String(secrets.size) })
      for (const part of bearer.split('.').slice(1)) secrets.add(part)
      const response = await fetch(`${url}/sts/exchange?scope=${scope}&identity=reader`, {
        headers: {
          authorization: `Bearer ${bearer}`,
          traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
          tracestate: `vendor=${bearer.slice(-40)}, other=ghs_0123456789abcdefghij`,
          'x-request-id': bearer,
          'user-agent': bearer,
        },
        signal: AbortSignal.timeout(30_000),
      })
      const body = await response.text()
      if (!response.ok) answers += `${body}${JSON.stringify([...response.headers])}`
    }
    for (const operation of OPERATIONS) {
      for (const effect of EFFECTS) {
        const end = github.fault({ ...effect, match: operation })
        await Promise.all([ask('acme/app'), ask('acme')])
        for (const { token: live } of github.liveTokens()) secrets.add(live)
        for (const { requestHeaders } of github.calls) {
          const credentials = requestHeaders.authorization?.split(' ')[1]
          if (credentials !== undefined) secrets.add(credentials)
        }
        end()
      }
    }
    for (const line of APP_KEY.privateKey.split('\n').filter((text) => text.length > 40)) secrets.add(line)

    const scrape = await (await fetch(`http://127.0.0.1:${String(metricsPort)}/metrics`)).text()
    assert.match(scrape, /^sts_exchange_count/m)
    app.child.kill('SIGTERM')
    await app.exit
    assert.ok(receiver.events.length > 50, 'events were sent')
    assert.ok(collector.spans.length > 500, 'spans were sent')
    const written = `${app.output()}${answers}${scrape}${receiver.raw()}${collector.raw()}`
    assert.ok(secrets.size > 50)
    assert.ok(written.length > 10_000)
    for (const secret of secrets)
      assert.ok(!written.includes(secret), `a secret of ${secret.length} characters`)
    assert.ok(!written.includes('canary'), 'nothing that was fetched is repeated')
    assert.equal(app.child.exitCode, 0, 'and it lived to its orderly end')
  })
})
