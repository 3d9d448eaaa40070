import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { formatTraceParent, readTraceContext } from '#pkg/telemetry'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'

const hex = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.integer({ min: 0, max: 15 }), { minLength: length, maxLength: length })
    .map((digits) => digits.map((digit) => digit.toString(16)).join(''))
const nonZero = (length: number): fc.Arbitrary<string> => hex(length).filter((id) => /[^0]/.test(id))

describe('readTraceContext', () => {
  const accepted: readonly (readonly [name: string, traceparent: string, sampled: boolean])[] = [
    ['a sampled trace', `00-${TRACE}-${SPAN}-01`, true],
    ['one that is not sampled', `00-${TRACE}-${SPAN}-00`, false],
    ['flags that it does not know', `00-${TRACE}-${SPAN}-ff`, true],
    ['unknown flags without the one it knows', `00-${TRACE}-${SPAN}-fe`, false],
    ['a later version', `01-${TRACE}-${SPAN}-01`, true],
    ['a later version with more behind it', `cc-${TRACE}-${SPAN}-01-what-comes-later`, true],
    ['a later version with an empty tail', `01-${TRACE}-${SPAN}-01-`, true],
  ]
  for (const [name, traceparent, sampled] of accepted) {
    it(`reads ${name}`, () => {
      assert.deepEqual(readTraceContext({ traceparent }), { traceId: TRACE, spanId: SPAN, sampled })
    })
  }

  const refused: readonly (readonly [name: string, traceparent: string])[] = [
    ['nothing', ''],
    ['a trace id that is too short', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['a trace id that is too long', `00-${TRACE}0-${SPAN}-01`],
    ['a span id that is too short', `00-${TRACE}-${SPAN.slice(1)}-01`],
    ['a span id that is too long', `00-${TRACE}-${SPAN}0-01`],
    ['flags that are too short', `00-${TRACE}-${SPAN}-1`],
    ['flags that are too long', `00-${TRACE}-${SPAN}-001`],
    ['a version that is too short', `0-${TRACE}-${SPAN}-01`],
    ['a version that is too long', `000-${TRACE}-${SPAN}-01`],
    ['upper case in the trace id', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['upper case in the span id', `00-${TRACE}-${SPAN.toUpperCase()}-01`],
    ['upper case in the version', `CC-${TRACE}-${SPAN}-01`],
    ['what is not hexadecimal', `00-${TRACE.replace('0', 'g')}-${SPAN}-01`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a span id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['version ff', `ff-${TRACE}-${SPAN}-01`],
    ['more behind version 00', `00-${TRACE}-${SPAN}-01-more`],
    ['a later version with a tail that no hyphen parts', `01-${TRACE}-${SPAN}-01.more`],
    ['other separators', `00_${TRACE}_${SPAN}_01`],
    ['space before', ` 00-${TRACE}-${SPAN}-01`],
    ['a line end behind', `00-${TRACE}-${SPAN}-01\n`],
    ['two values', `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`],
  ]
  for (const [name, traceparent] of refused) {
    it(`refuses ${name}`, () => {
      assert.equal(readTraceContext({ traceparent, tracestate: 'a=b' }), undefined)
    })
  }

  const states: readonly (readonly [name: string, tracestate: string, kept: boolean])[] = [
    ['what looks like a secret', 'vendor=ghs_0123456789abcdefghij', false],
    ['keeps a state', 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE', true],
    ['keeps a state of 512 characters', `a=${'b'.repeat(510)}`, true],
    ['drops a longer one', `a=${'b'.repeat(511)}`, false],
    ['drops an empty one', '', false],
    ['drops one that could end a header', 'a=b\r\nx: y', false],
    ['drops what is not ASCII', 'a=ö', false],
  ]
  for (const [name, tracestate, kept] of states) {
    it(name, () => {
      const context = readTraceContext({ traceparent: `00-${TRACE}-${SPAN}-01`, tracestate })
      assert.equal(context?.traceId, TRACE)
      assert.equal(context.tracestate, kept ? tracestate : undefined)
    })
  }

  it('has nothing of a state without a trace', () => {
    assert.equal(readTraceContext({ tracestate: 'a=b' }), undefined)
  })

  it('reads what formatTraceParent writes', () => {
    fc.assert(
      fc.property(nonZero(32), nonZero(16), fc.boolean(), (traceId, spanId, sampled) => {
        const context = { traceId, spanId, sampled }
        assert.deepEqual(readTraceContext({ traceparent: formatTraceParent(context) }), context)
      }),
    )
  })

  it('never throws, and gives only ids that it may give', () => {
    const part = fc.oneof(hex(2), hex(32), hex(16), fc.string(), fc.constant('ff'))
    const header = fc.array(part, { maxLength: 6 }).map((parts) => parts.join('-'))
    fc.assert(
      fc.property(fc.oneof(header, fc.string()), fc.string(), (traceparent, tracestate) => {
        const context = readTraceContext({ traceparent, tracestate })
        if (context === undefined) return
        assert.match(context.traceId, /^(?!0+$)[0-9a-f]{32}$/)
        assert.match(context.spanId, /^(?!0+$)[0-9a-f]{16}$/)
        assert.match(context.tracestate ?? '', /^[\x20-\x7e]{0,512}$/)
      }),
    )
  })
})
