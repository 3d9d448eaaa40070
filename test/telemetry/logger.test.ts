import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { StsError } from '#pkg/errors'
import { createLogger, type Logger, type LogLevel } from '#pkg/telemetry'
import { secret } from './support/secrets.ts'

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678)
const LINE_MAX_LENGTH = 200_000

function capture(level: LogLevel = 'debug'): { logger: Logger; lines: string[] } {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  return { logger: createLogger({ level, destination, now: () => NOW_MS }), lines }
}

/** The one line that `fields` and `message` make, parsed. */
function logged(fields: Record<string, unknown>, message = 'm'): Record<string, unknown> {
  const { logger, lines } = capture()
  logger.info(fields, message)
  assert.equal(lines.length, 1)
  return parse(lines[0] ?? '')
}

function parse(line: string): Record<string, unknown> {
  assert.equal(line.at(-1), '\n')
  assert.equal(line.indexOf('\n'), line.length - 1)
  return JSON.parse(line) as Record<string, unknown>
}

describe('createLogger', () => {
  it('writes severity, time, fields and message as one JSON line', () => {
    assert.deepEqual(logged({ request_id: 'r-1', count: 2, ok: true }, 'done'), {
      severity: 'INFO',
      time: '2026-01-02T03:04:05.678Z',
      request_id: 'r-1',
      count: 2,
      ok: true,
      message: 'done',
    })
  })

  it("uses Google's names of severities", () => {
    const { logger, lines } = capture()
    logger.debug({}, 'm')
    logger.info({}, 'm')
    logger.warn({}, 'm')
    logger.error({}, 'm')
    const severities = lines.map((line) => parse(line)['severity'])
    assert.deepEqual(severities, ['DEBUG', 'INFO', 'WARNING', 'ERROR'])
  })

  it('writes nothing below its level', () => {
    const { logger, lines } = capture('warn')
    logger.debug({}, 'm')
    logger.info({}, 'm')
    logger.warn({}, 'm')
    assert.equal(lines.length, 1)
    const silent = capture('silent')
    silent.logger.error({}, 'm')
    assert.equal(silent.lines.length, 0)
  })

  it('keeps a field from standing in for one of its own', () => {
    const line = logged({ severity: 'DEBUG', time: 'never', message: 'other' }, 'real')
    assert.equal(line['severity'], 'INFO')
    assert.equal(line['message'], 'real')
    assert.deepEqual([line['severity_'], line['time_'], line['message_']], ['DEBUG', 'never', 'other'])
  })

  it('does not read placeholders in a message', () => {
    assert.equal(logged({}, '100% %s %d %j')['message'], '100% %s %d %j')
  })

  it('logs an error with its reason, detail and causes', () => {
    const cause = Object.assign(new TypeError('fetch failed'), { code: 'ECONNRESET' })
    const err = new StsError('github_network', { detail: { operation: 'mint' }, cause, retryAfterMs: 5 })
    const line = logged({ err })['err'] as Record<string, unknown>
    assert.equal(line['name'], 'StsError')
    assert.equal(line['code'], 'UPSTREAM_UNAVAILABLE')
    assert.equal(line['reason'], 'github_network')
    assert.deepEqual(line['detail'], { operation: 'mint' })
    assert.equal(line['retryAfterMs'], 5)
    assert.match(String(line['stack']), /^StsError: .*\n +at /)
    const logCause = line['cause'] as Record<string, unknown>
    assert.equal(logCause['name'], 'TypeError')
    assert.equal(logCause['message'], 'fetch failed')
    assert.equal(logCause['code'], 'ECONNRESET')
  })

  it('logs the members of an AggregateError', () => {
    const line = logged({ err: new AggregateError([new Error('first'), 'second'], 'all') })['err']
    const errors = (line as { errors: [{ message: string }, string] }).errors
    assert.equal(errors[0].message, 'first')
    assert.equal(errors[1], 'second')
  })

  it('lets no secret through at any depth, in values, names, messages, errors and causes', () => {
    const wraps: ((text: string) => Record<string, unknown>)[] = [
      (text) => ({ text }),
      (text) => ({ [text]: 1 }),
      (text) => ({ a: [{ b: { [text]: [text] } }] }),
      (text) => ({ err: new Error(`failed: ${text}`) }),
      (text) => ({ err: new StsError('unexpected', { detail: { text }, cause: new Error(text) }) }),
      (text) => ({ err: new Error('outer', { cause: new AggregateError([new Error(text), text], text) }) }),
      (text) => ({ err: Object.assign(new Error('e'), { code: text, name: text, stack: text }) }),
      (text) => ({ headers: new Map([['authorization', text]]), list: new Set([text]) }),
      (text) => ({ bytes: Buffer.from(text), url: new URL(`https://example.com/?q=${text}`) }),
    ]
    fc.assert(
      fc.property(secret, fc.constantFrom(...wraps), ({ text, core }, wrap) => {
        const { logger, lines } = capture()
        logger.warn(wrap(text), `message ${text}`)
        const line = lines.join('')
        parse(line)
        assert.equal(line.includes(core), false)
        assert.equal(line.includes(encodeURIComponent(core)), false)
      }),
      { numRuns: 500 },
    )
  })

  it('writes one JSON line of bounded length for any value', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
      withObjectString: true,
    })
    const names = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('__proto__', 'constructor', 'toString', '__defineGetter__', 'err', 'toJSON', 'message'),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(names, anything)), fc.string({ unit: 'binary' }), (entries, message) => {
        const { logger, lines } = capture()
        logger.info(Object.fromEntries(entries), message)
        assert.equal(lines.length, 1)
        const line = parse(lines[0] ?? '')
        assert.equal(line['severity'], 'INFO')
        assert.equal(typeof line['message'], 'string')
      }),
    )
  })

  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  const circularCause = new Error('a')
  circularCause.cause = circularCause
  const hostile: readonly (readonly [name: string, value: unknown])[] = [
    ['a circular object', circular],
    ['a circular cause', circularCause],
    ['a deep list', JSON.parse('['.repeat(5_000) + ']'.repeat(5_000))],
    ['a wide list', Array.from({ length: 100_000 }, (_, index) => index)],
    ['a sparse list', new Array(2 ** 32 - 1)],
    ['a wide object', Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`k${index}`, index]))],
    ['a long string', 'eyJ'.repeat(2_000_000)],
    ['many long strings', Array.from({ length: 1_000 }, () => '-----BEGIN PRIVATE'.repeat(1_000))],
    ['a getter that throws', Object.defineProperty({}, 'x', { enumerable: true, get: fail })],
    ['a toJSON that throws', { toJSON: fail }],
    ['a revoked proxy', revokedProxy()],
    ['a proxy whose traps throw', new Proxy({}, { ownKeys: fail, getPrototypeOf: fail })],
    ['an invalid date', new Date(Number.NaN)],
    ['a function', fail],
    ['a symbol', Symbol('s')],
    ['an error whose stack is an object', Object.assign(new Error('e'), { stack: { deep: [1] } })],
  ]
  for (const [name, value] of hostile) {
    it(`survives ${name}`, () => {
      const { logger, lines } = capture()
      logger.error({ value }, 'm')
      const [line = ''] = lines
      assert.equal(parse(line)['message'], 'm')
      assert.equal(line.length < LINE_MAX_LENGTH, true)
    })
  }

  it('survives fields that cannot be read at all', () => {
    const { logger, lines } = capture()
    logger.error(new Proxy({}, { ownKeys: fail }), 'm')
    assert.equal(parse(lines[0] ?? '')['message'], 'm')
  })
})

function fail(): never {
  throw new Error('hostile')
}

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
