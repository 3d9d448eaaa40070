import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkTokenSyntax } from '#pkg/policy'

const TOKEN = '"iss": "https://issuer.example", "sub": "someone"'

const CASES: readonly (readonly [json: string, reason: string | undefined])[] = [
  [`{${TOKEN}, "aud": "a"}`, undefined],
  [`{${TOKEN}, "aud": ["a", "b"]}`, undefined],
  [`{${TOKEN}, "aud": []}`, undefined],
  [`{${TOKEN}}`, undefined],
  [`{${TOKEN}, "aud": ""}`, 'token_audience_syntax'],
  [`{${TOKEN}, "aud": ["a", ""]}`, 'token_audience_syntax'],
  [`{${TOKEN}, "aud": ["a", "b@c"]}`, 'token_audience_syntax'],
  [`{${TOKEN}, "aud": null}`, 'token_audience_syntax'],
  [`{${TOKEN}, "aud": ["a", 1]}`, 'token_audience_syntax'],
  [`{${TOKEN}, "aud": {"0": "a"}}`, 'token_audience_syntax'],
  ['{"iss": "https://issuer.example", "sub": "a b"}', 'token_subject_syntax'],
  ['{"iss": "https://issuer.example", "sub": 1}', 'token_subject_syntax'],
  ['{"iss": "https://issuer.example"}', 'token_subject_syntax'],
  ['{"iss": "http://issuer.example", "sub": "a b"}', 'issuer_syntax'],
  ['{"iss": ["https://issuer.example"], "sub": "a"}', 'issuer_syntax'],
  ['{"__proto__": {"iss": "https://issuer.example", "sub": "a"}}', 'issuer_syntax'],
  ['{}', 'issuer_syntax'],
]
for (const [json, reason] of CASES) {
  test(`${reason ?? 'passes'}: ${json}`, () => {
    const result = checkTokenSyntax(JSON.parse(json) as Record<string, unknown>, { allowLoopback: false })
    assert.equal(result.ok ? undefined : result.reason, reason)
  })
}

test('takes loopback issuers only where they are allowed', () => {
  const claims = { iss: 'http://127.0.0.1:8080', sub: 'a' }
  assert.equal(checkTokenSyntax(claims, { allowLoopback: false }).ok, false)
  assert.equal(checkTokenSyntax(claims, { allowLoopback: true }).ok, true)
})
