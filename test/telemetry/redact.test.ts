import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { LOGGED_STRING_MAX_LENGTH, redact } from '#pkg/telemetry'
import { secret } from './support/secrets.ts'

describe('redact', () => {
  const rows: readonly (readonly [name: string, input: string, output: string])[] = [
    ['a GitHub token', 'got ghs_0123456789abcdef.', 'got [redacted]'],
    ['a token of another kind', 'ghp_a,gho_b', '[redacted],[redacted]'],
    ['a stateless token', 'ghs_12_eyJh.eyJp.sig-_ end', '[redacted] end'],
    ['a fine-grained token', 'github_pat_11AB_cd x', '[redacted] x'],
    ['a JWT', '"eyJhbGci.eyJpc3Mi.c2ln"', '"[redacted]"'],
    ['a JWT glued to a word', 'jwt=tokeneyJhbGci.eyJpc3Mi.c2ln', 'jwt=token[redacted]'],
    ['an unsecured JWT', 'eyJhbGci.eyJpc3Mi.', '[redacted]'],
    ['bearer credentials', 'authorization: Bearer abc', 'authorization: Bearer [redacted]'],
    ['bearer credentials in lower case', 'bearer s3cret', 'bearer [redacted]'],
    ['credentials in a URL', 'http://u:p@proxy:3128', 'http://[redacted]@proxy:3128'],
    [
      'a private key',
      'a -----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY----- b',
      'a [redacted] b',
    ],
    ['a private key that was cut', '-----BEGIN PRIVATE KEY-----\nMII', '[redacted]'],
  ]
  for (const [name, input, output] of rows) {
    it(`hides ${name}`, () => {
      assert.equal(redact(input), output)
    })
  }

  const kept = [
    'the bearer token is not a well-formed JWT',
    'exactly one bearer token is required in the authorization header',
    'https://token.actions.githubusercontent.com',
    'repo:acme/app:ref:refs/heads/main',
    'https://registry.example/@scope/name',
    '-----BEGIN CERTIFICATE-----',
    'mailto:someone@example.com',
    'TGlrZSBhIGhhc2ggaW4gYmFzZTY0IHdpdGggZXlK+eyJhbGciOiJSUzI1NiJ9/=',
  ]
  for (const text of kept) {
    it(`leaves ${JSON.stringify(text)} as it is`, () => {
      assert.equal(redact(text), text)
    })
  }

  it('lets no secret through, wherever it stands in a text', () => {
    const around = fc.string({ unit: 'binary', maxLength: 40 })
    fc.assert(
      fc.property(around, secret, around, (before, { text, core }, after) => {
        assert.equal(redact(`${before}${text}${after}`).includes(core), false)
      }),
      { numRuns: 1_000 },
    )
  })

  it('lets no secret through that the cut falls into', () => {
    fc.assert(
      fc.property(secret, fc.integer({ min: 0, max: 200 }), ({ text, core }, back) => {
        const filled = `${' '.repeat(Math.max(0, LOGGED_STRING_MAX_LENGTH - back))}${text}`
        assert.equal(redact(filled).includes(core.slice(0, 24)), false)
      }),
    )
  })

  it('cuts a long text and marks the cut', () => {
    const text = redact('x'.repeat(LOGGED_STRING_MAX_LENGTH + 1))
    assert.equal(text.length, LOGGED_STRING_MAX_LENGTH + 1)
    assert.equal(text.slice(-2), 'x…')
    assert.equal(redact('x'.repeat(LOGGED_STRING_MAX_LENGTH)).length, LOGGED_STRING_MAX_LENGTH)
  })
})
