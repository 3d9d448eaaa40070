import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { StsError } from '#pkg/errors'
import type { RequestEnd, Telemetry } from '#pkg/telemetry'
import { startCollector, type Collector } from '../support/collector.ts'
import { warnings, type LogLine } from '../support/log-lines.ts'
import { runTelemetry, setVariables } from '../support/running-telemetry.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
const SAMPLED = { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'rojo=1,congo=2' }
const UNSAMPLED = { traceparent: `00-${TRACE}-${SPAN}-00` }

const SERVER = 2
const INTERNAL = 1
const ERROR = 2

const ENDED: RequestEnd = {
  requestId: '3b241101-e2bb-4255-8caf-4136c566a962',
  transport: 'http',
  route: '/sts/exchange',
  status: 200,
}

interface Traced {
  readonly telemetry: Telemetry
  readonly lines: readonly LogLine[]
  /** All spans; ends the telemetry. */
  readonly spans: () => Promise<ReturnType<Collector['spans']>>
}

async function trace(test: TestContext, variables: Readonly<Record<string, string>> = {}): Promise<Traced> {
  const collector = await startCollector(test)
  setVariables(test, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    ...variables,
  })
  const { telemetry, lines } = await runTelemetry(test, { traces: 'otlp', prometheus: undefined })
  return {
    telemetry,
    lines,
    async spans() {
      await telemetry.stop(5_000)
      return collector.spans()
    },
  }
}

describe('the trace of a request', () => {
  it('is a span below that of its caller, with one below it for each step', async (test) => {
    const { telemetry, spans } = await trace(test)
    const request = telemetry.tracer.startRequest(SAMPLED)
    const sync = request.step('match', (context) => context?.spanId)
    const async = await request.step('mint', (context) => Promise.resolve(context?.spanId))
    request.conclude('OK', undefined)
    request.end(ENDED)

    const [match, mint, root, ...others] = await spans()
    assert.deepEqual(others, [])
    assert.equal(root?.traceId, TRACE)
    assert.equal(root.parentSpanId, SPAN)
    assert.equal(root.traceState, SAMPLED.tracestate)
    assert.equal(root.name, '/sts/exchange')
    assert.equal(root.kind, SERVER)
    assert.equal(root.status.code ?? 0, 0)
    assert.deepEqual(root.attributes, {
      'http.route': '/sts/exchange',
      'http.response.status_code': 200,
      'sts.request_id': ENDED.requestId,
      'sts.code': 'OK',
    })
    assert.deepEqual(request.context, {
      traceId: TRACE,
      spanId: root.spanId,
      sampled: true,
      tracestate: SAMPLED.tracestate,
    })
    for (const [step, name, spanId] of [
      [match, 'match', sync],
      [mint, 'mint', async],
    ] as const) {
      assert.equal(step?.name, name)
      assert.equal(step.kind, INTERNAL)
      assert.equal(step.traceId, TRACE)
      assert.equal(step.parentSpanId, root.spanId)
      assert.equal(step.spanId, spanId)
      assert.deepEqual(step.attributes, {})
    }
  })

  it('begins a trace where the caller names none, or none that is valid', async (test) => {
    const { telemetry, spans } = await trace(test)
    for (const headers of [{}, { traceparent: '00-x' }, { tracestate: 'a=b' }]) {
      const request = telemetry.tracer.startRequest(headers)
      assert.match(request.context?.traceId ?? '', /^[0-9a-f]{32}$/)
      assert.equal(request.context?.tracestate, undefined)
      request.end(ENDED)
    }
    const roots = await spans()
    assert.equal(new Set(roots.map(({ traceId }) => traceId)).size, 3)
    assert.deepEqual(
      roots.map(({ parentSpanId }) => parentSpanId ?? ''),
      ['', '', ''],
    )
  })

  it('makes no spans where the caller does not sample, but goes on with its trace', async (test) => {
    const { telemetry, spans } = await trace(test)
    const request = telemetry.tracer.startRequest(UNSAMPLED)
    assert.equal(request.context?.traceId, TRACE)
    assert.equal(request.context.sampled, false)
    assert.equal(
      request.step('mint', (context) => context),
      request.context,
    )
    request.end(ENDED)
    assert.deepEqual(await spans(), [])
  })

  it('follows the sampler that is set', async (test) => {
    const { telemetry, spans } = await trace(test, { OTEL_TRACES_SAMPLER: 'always_off' })
    const request = telemetry.tracer.startRequest(SAMPLED)
    assert.equal(request.context?.sampled, false)
    request.end(ENDED)
    assert.deepEqual(await spans(), [])
  })

  it('has the reason of a step that fails, and leaves the failure as it is', async (test) => {
    const { telemetry, spans } = await trace(test)
    const request = telemetry.tracer.startRequest({})
    const denied = new StsError('subject_mismatch')
    const late = Promise.reject(new Error('eyJhbGciOiJub25lIn0.secret'))
    assert.throws(
      () =>
        request.step('match', () => {
          throw denied
        }),
      (thrown) => thrown === denied,
    )
    const given = request.step('mint', () => late)
    assert.equal(given, late)
    await assert.rejects(given)
    request.end({ ...ENDED, status: 403, code: 'POLICY_MISMATCH', reason: 'subject_mismatch' })

    const [match, mint, root] = await spans()
    assert.deepEqual(match?.attributes, { 'sts.reason': 'subject_mismatch' })
    assert.equal(match.status.code, ERROR)
    assert.deepEqual(mint?.attributes, { 'sts.reason': 'unexpected' })
    assert.equal(root?.attributes['sts.reason'], 'subject_mismatch')
    assert.equal(root.attributes['sts.code'], 'POLICY_MISMATCH')
    assert.equal(root.status.code ?? 0, 0)
  })

  const faults: readonly (readonly [name: string, end: Partial<RequestEnd>, isFault: boolean])[] = [
    ['HTTP 500', { status: 500 }, true],
    ['HTTP 429', { status: 429 }, false],
    ['gRPC UNAVAILABLE', { transport: 'grpc', route: 'Exchange', status: 14 }, true],
    ['gRPC PERMISSION_DENIED', { transport: 'grpc', route: 'Exchange', status: 7 }, false],
  ]
  it('is a fault where the service is to blame', async (test) => {
    const { telemetry, spans } = await trace(test)
    for (const [, end] of faults) telemetry.tracer.startRequest({}).end({ ...ENDED, ...end })
    const statuses = (await spans()).map(({ status }) => status.code === ERROR)
    assert.deepEqual(
      statuses,
      faults.map(([, , isFault]) => isFault),
    )
  })

  it('has the names of its protocol', async (test) => {
    const { telemetry, spans } = await trace(test)
    telemetry.tracer.startRequest({}).end({ ...ENDED, transport: 'grpc', route: 'Exchange', status: 7 })
    const [root] = await spans()
    assert.equal(root?.name, 'Exchange')
    assert.deepEqual(root.attributes, {
      'rpc.system': 'grpc',
      'rpc.method': 'Exchange',
      'rpc.grpc.status_code': 7,
      'sts.request_id': ENDED.requestId,
    })
  })

  it('shows no name that a caller chose, even by a defect', async (test) => {
    const { telemetry, spans } = await trace(test)
    const request = telemetry.tracer.startRequest({})
    request.end({ ...ENDED, requestId: 'evil id\n', route: '/evil' })
    const [root] = await spans()
    assert.equal(root?.name, 'other')
    assert.deepEqual(root.attributes, { 'http.route': 'other', 'http.response.status_code': 200 })
  })

  it('ends once', async (test) => {
    const { telemetry, lines, spans } = await trace(test)
    const request = telemetry.tracer.startRequest({})
    request.end(ENDED)
    request.end({ ...ENDED, status: 500 })
    const [root, ...others] = await spans()
    assert.deepEqual(others, [])
    assert.deepEqual(warnings(lines), [])
    assert.equal(root?.attributes['http.response.status_code'], 200)
  })
})
