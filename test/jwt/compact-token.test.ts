import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { compactVerify } from 'jose'
import { StsError, type Reason } from '#pkg/errors'
import { BEARER_MAX_BYTES, readToken } from '#pkg/jwt'
import { createSigningKey, encodePart, forgeToken } from '../oidc/support/token.ts'

const HEADER = { alg: 'RS256', kid: 'k1' }
const CLAIMS = { iss: 'https://issuer.test', sub: 's', aud: 'a', exp: 1 }

function reasonOf(bearer: string): Reason | 'accepted' {
  try {
    readToken(bearer)
    return 'accepted'
  } catch (thrown) {
    assert.ok(thrown instanceof StsError, String(thrown))
    assert.equal(thrown.code, 'TOKEN_MALFORMED')
    return thrown.reason
  }
}

/** A JSON object of a header or of claims, as text, with something done to it. */
const claimsText = (members: string): string => `{"iss":"https://issuer.test","sub":"s",${members}}`

describe('readToken', () => {
  test('reads header, claims, issuer and what was signed', async () => {
    const key = createSigningKey('k1')
    const bearer = await key.sign({ ...CLAIMS, extra: [1, { two: null }] })
    const token = readToken(bearer)
    assert.equal(token.header.alg, 'ES256')
    assert.equal(token.header.kid, 'k1')
    assert.equal(token.issuer, 'https://issuer.test')
    assert.deepEqual({ ...token.claims }, { ...CLAIMS, extra: [1, { two: null }] })
    assert.equal(token.signingInput.toString(), bearer.slice(0, bearer.lastIndexOf('.')))
    assert.equal(token.signature.toString('base64url'), bearer.slice(bearer.lastIndexOf('.') + 1))
  })

  const good = forgeToken(HEADER, CLAIMS)
  const [headerPart = '', payloadPart = ''] = good.split('.')
  const notCompact: Readonly<Record<string, string>> = {
    'one part': headerPart,
    'two parts': `${headerPart}.${payloadPart}`,
    'four parts': `${good}.AAAA`,
    'five parts, as an encrypted token has': `${good}.AAAA.AAAA`,
    'an empty header': `.${payloadPart}.AAAA`,
    'an empty payload': `${headerPart}..AAAA`,
    'nothing at all': '',
    'padding in the signature': `${headerPart}.${payloadPart}.AAA=`,
    'padding in the payload': forgeToken(HEADER, CLAIMS).replace('.AAAA', '=.AAAA'),
    'a leading space': ` ${good}`,
    'a trailing newline': `${good}\n`,
    'white space within': `${headerPart}.${payloadPart.slice(0, 4)} ${payloadPart.slice(4)}.AAAA`,
    'a last character with bits that do not count': `${headerPart}.${payloadPart}.AB`,
    'a length that base64 cannot have': `${headerPart}.${payloadPart}.AAAAA`,
    'the alphabet of standard base64: plus': `${headerPart}.${payloadPart}.AA+A`,
    'the alphabet of standard base64: slash': `${headerPart}.${payloadPart}.AA/A`,
    'a character outside ASCII': `${headerPart}.${payloadPart}.AAÅA`,
    'a NUL': `${headerPart}.${payloadPart}.AA\0A`,
  }
  for (const [what, bearer] of Object.entries(notCompact)) {
    test(`J: refuses ${what}`, () => {
      assert.equal(reasonOf(bearer), 'token_not_compact')
    })
  }

  const badHeaders: Readonly<Record<string, unknown>> = {
    'that is a list': [],
    'that is a string': '"RS256"',
    'that is null': 'null',
    'that is no JSON': '{alg:RS256}',
    'without alg': { kid: 'k' },
    'whose alg is a list': { alg: ['RS256'] },
    'whose alg is empty': { alg: '' },
    'whose alg is null': { alg: null },
    'with alg twice': '{"alg":"none","alg":"RS256"}',
    'with alg twice, once escaped': '{"alg":"none","\\u0061lg":"RS256"}',
    'with any member twice': '{"alg":"RS256","kid":"a","kid":"b"}',
    'whose kid is a number': { alg: 'RS256', kid: 1 },
    'with a byte order mark': Buffer.from('\ufeff{"alg":"RS256"}'),
    'followed by something': '{"alg":"RS256"}x',
  }
  for (const [what, header] of Object.entries(badHeaders)) {
    test(`J: refuses a header ${what}`, () => {
      assert.equal(reasonOf(forgeToken(header, CLAIMS)), 'token_header_malformed')
    })
  }

  const badPayloads: Readonly<Record<string, unknown>> = {
    'that is a list': [CLAIMS],
    'that is a number': '1',
    'that is cut': '{"iss":"https://issuer.test"',
    'with a byte order mark': Buffer.from(`\ufeff${claimsText('"exp":1')}`),
    'with invalid UTF-8': Buffer.concat([
      Buffer.from('{"iss":"https://issuer.test","x":"'),
      Buffer.from([0xff]),
      Buffer.from('"}'),
    ]),
    'with an overlong UTF-8 form': Buffer.concat([
      Buffer.from('{"iss":"https://issuer.test","x":"'),
      Buffer.from([0xc0, 0xaf]),
      Buffer.from('"}'),
    ]),
    'with a surrogate encoded as UTF-8': Buffer.concat([
      Buffer.from('{"iss":"a","x":"'),
      Buffer.from([0xed, 0xa0, 0x80]),
      Buffer.from('"}'),
    ]),
    'with an escaped lone surrogate': claimsText('"x":"\\ud800"'),
    'with an escaped lone surrogate deep inside': claimsText('"x":[{"y":"a\\udc00b"}]'),
    'with a lone surrogate as a name': claimsText('"\\ud83d":1'),
    'with trailing bytes': `${claimsText('"exp":1')}{}`,
    'with a trailing NUL': `${claimsText('"exp":1')}\0`,
    'with a comment': `${claimsText('"exp":1')}//`,
    'with iss twice': claimsText('"iss":"https://other.test"'),
    'with sub twice': claimsText('"sub":"t"'),
    'with aud twice': claimsText('"aud":"a","aud":"b"'),
    'with exp twice': claimsText('"exp":1,"exp":2'),
    'with nbf twice': claimsText('"nbf":1,"nbf":2'),
    'with a member twice, once escaped': claimsText('"\\u0073ub":"t"'),
    'with a member twice in an inner object': claimsText('"x":{"a":1,"a":2}'),
    'with an inner object overwritten by its double': claimsText('"x":{"a":1},"x":{"a":1,"b":2}'),
    'with __proto__ twice': claimsText('"__proto__":1,"__proto__":2'),
    'that is nested too deep': claimsText(`"x":${'['.repeat(100)}${']'.repeat(100)}`),
    'that is 12,000 levels deep': '['.repeat(12_000),
  }
  for (const [what, payload] of Object.entries(badPayloads)) {
    test(`J: refuses a payload ${what}`, () => {
      assert.equal(reasonOf(forgeToken(HEADER, payload)), 'token_payload_malformed')
    })
  }

  test('J: refuses a token without a usable issuer', () => {
    for (const iss of [undefined, null, '', 1, ['https://issuer.test'], {}]) {
      assert.equal(reasonOf(forgeToken(HEADER, { ...CLAIMS, iss })), 'issuer_missing', JSON.stringify(iss))
    }
  })

  test('does not take an inherited member for an issuer', () => {
    assert.equal(
      reasonOf(forgeToken(HEADER, '{"__proto__":{"iss":"https://issuer.test"}}')),
      'issuer_missing',
    )
  })

  test('J: a bearer over 16 KiB is refused, one of exactly 16 KiB is read', () => {
    // A signature of a length that base64 can have, whatever the rest leaves for it.
    const unsigned = [0, 1, 2]
      .map((more) => forgeToken(HEADER, { ...CLAIMS, x: 'a'.repeat(12_000 + more) }, ''))
      .find((token) => (BEARER_MAX_BYTES - token.length) % 4 === 0)
    assert.ok(unsigned)
    const full = unsigned.padEnd(BEARER_MAX_BYTES, 'A')
    assert.equal(reasonOf(full), 'accepted')
    assert.equal(reasonOf(`${full}A`), 'token_too_large')
    assert.equal(reasonOf('.'.repeat(1_000_000)), 'token_too_large')
  })

  test('J: __proto__ and constructor are claims like any other', () => {
    const { claims } = readToken(forgeToken(HEADER, claimsText('"__proto__":{"admin":true},"toString":"t"')))
    assert.equal(Object.getPrototypeOf(claims), null)
    assert.ok(Object.hasOwn(claims, '__proto__'))
    assert.equal(claims['admin'], undefined)
    assert.equal(claims['constructor'], undefined)
    assert.equal(Reflect.get(claims, 'toString'), 't')
    assert.equal(({} as Record<string, unknown>)['admin'], undefined)
  })

  test('claims are frozen throughout', () => {
    const { claims, header } = readToken(forgeToken(HEADER, { ...CLAIMS, list: [{ a: [1] }] }))
    const [inner] = claims['list'] as { a: number[] }[]
    assert.ok([claims, header, claims['list'], inner, inner?.a].every((value) => Object.isFrozen(value)))
  })

  test('does not take colons and quotes in strings for members', () => {
    const tricky = { ...CLAIMS, a: '":"', b: '\\', c: '\\":{', '":': 1, d: [':', { e: '}' }] }
    assert.deepEqual({ ...readToken(forgeToken(HEADER, tricky)).claims }, tricky)
  })

  test('never throws anything but its own errors', () => {
    const part = fc.oneof(
      fc.string(),
      fc.json().map(encodePart),
      fc.uint8Array().map((bytes) => encodePart(Buffer.from(bytes))),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        reasonOf(parts.join('.'))
      }),
      { numRuns: 2_000 },
    )
  })

  test('agrees with jose about every well-formed token', async () => {
    const key = createSigningKey('k1')
    const member = fc.jsonValue({ maxDepth: 5 })
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), member), async (extra) => {
        const text = JSON.stringify({ ...extra, iss: 'https://issuer.test' })
        fc.pre(text.isWellFormed() && !/\\ud[89a-f]/i.test(text))
        const bearer = await key.sign(text)
        const { payload } = await compactVerify(bearer, createPublicKey(key.privateKey))
        const expected = JSON.parse(Buffer.from(payload).toString()) as object
        assert.equal(JSON.stringify(readToken(bearer).claims), JSON.stringify(expected))
      }),
      { numRuns: 200 },
    )
  })
})
