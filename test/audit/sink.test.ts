import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createLogSink, hashToken, type ExchangeRecord } from '#pkg/audit'
import { createLogger, type LogLevel } from '#pkg/telemetry'

const RECORD: ExchangeRecord = {
  time: '2026-01-01T00:00:00.000Z',
  requestId: 'r-1',
  transport: 'http',
  scope: 'acme/app',
  identity: 'reader',
  outcome: 'OK',
  durationMs: 3,
}

async function lineOf(
  record: ExchangeRecord,
  cause?: unknown,
  level: LogLevel = 'info',
): Promise<Record<string, unknown>> {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  await createLogSink(createLogger({ level, destination })).accept(record, cause)
  assert.equal(lines.length, 1, 'one line for each record')
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>
}

describe('the log as a sink', () => {
  test('writes a record as one line that holds it whole', async () => {
    const line = await lineOf(RECORD)
    assert.deepEqual(line['record'], RECORD)
    assert.equal(line['severity'], 'INFO')
  })

  for (const level of ['warn', 'error'] as const) {
    test(`writes records where the log is for ${level} alone`, async () => {
      assert.deepEqual((await lineOf(RECORD, undefined, level))['record'], RECORD)
    })
  }

  for (const outcome of ['INTERNAL', 'MINT_UNKNOWN'] as const) {
    test(`calls ${outcome} an error`, async () => {
      assert.equal((await lineOf({ ...RECORD, outcome }))['severity'], 'ERROR')
    })
  }

  test('adds what was thrown, with its stack and without secrets', async () => {
    const line = await lineOf(
      { ...RECORD, outcome: 'INTERNAL', reason: 'unexpected' },
      new TypeError('no ghs_0123456789abcdefghijklmnop here'),
    )
    const text = JSON.stringify(line)
    assert.match(text, /TypeError/)
    assert.match(text, /sink\.test/)
    assert.doesNotMatch(text, /ghs_0123/)
  })
})

describe('a line about a record that has a trace', () => {
  const trace = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', sampled: true }

  test('has its id', async () => {
    const line = await lineOf({ ...RECORD, trace })
    assert.equal(line['trace_id'], trace.traceId)
    assert.equal('logging.googleapis.com/trace' in line, false)
  })

  test('is found from Google’s traces once the project is known', async () => {
    const lines: string[] = []
    const logger = createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } })
    let project: string | undefined = undefined
    const sink = createLogSink(logger, { googleProject: () => project })
    await sink.accept({ ...RECORD, trace })
    project = 'acme-prod'
    await sink.accept({ ...RECORD, trace: { ...trace, sampled: false } })
    const [before, after] = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    assert.equal(before?.['logging.googleapis.com/trace'], undefined)
    assert.equal(after?.['logging.googleapis.com/trace'], `projects/acme-prod/traces/${trace.traceId}`)
    assert.equal(after['logging.googleapis.com/spanId'], trace.spanId)
    assert.equal(after['logging.googleapis.com/trace_sampled'], false)
  })

  test('is as before without one', async () => {
    assert.deepEqual(Object.keys(await lineOf(RECORD)), ['severity', 'time', 'record', 'message'])
  })
})

test('a token is known by its SHA-256, in hex and as GitHub’s audit log spells it', () => {
  // printf 'ghs_example' | openssl dgst -sha256 -binary | openssl base64
  assert.deepEqual(hashToken('ghs_example'), {
    hex: '50c6918d5a1e75ddbd30982d719e9bea32053cb946ececc3f38661162fbbf427',
    base64: 'UMaRjVoedd29MJgtcZ6b6jIFPLlG7OzD84ZhFi+79Cc=',
  })
})
