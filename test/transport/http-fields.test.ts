import assert from 'node:assert/strict'
import { test } from 'node:test'

import { json, jsonClients, type JsonRequest } from './support/http.ts'
import { startSts } from './support/sts.ts'

const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPE = 'application/json'
const PATH = '/sts/exchange'

function post(body: string | Buffer, type: string | undefined, query = ''): JsonRequest {
  return {
    method: 'POST',
    path: `${PATH}${query}`,
    headers: type === undefined ? {} : { 'content-type': type },
    body,
  }
}

type Fields = readonly [scope: string, scopes: readonly string[], identity: string]

const ACCEPTED: readonly (readonly [label: string, request: JsonRequest, fields: Fields])[] = [
  ['nothing at all', { path: PATH }, ['', [], '']],
  ['the query of the Action', { path: `${PATH}?scope=o/r&scopes=o/r&identity=ci` }, ['o/r', ['o/r'], 'ci']],
  ['scopes repeated', { path: `${PATH}?scopes=o/a&scopes=o/b` }, ['', ['o/a', 'o/b'], '']],
  ['escapes and plus', { path: `${PATH}?scope=o%2Fr&identity=a+b%20c` }, ['o/r', [], 'a b c']],
  ['an escaped name', { path: `${PATH}?%69dentity=ci` }, ['', [], 'ci']],
  ['an equals sign in a value', { path: `${PATH}?identity=a=b` }, ['', [], 'a=b']],
  ['empty pairs and a name alone', { path: `${PATH}?&&identity&scope=` }, ['', [], '']],
  [
    'names that are ignored',
    { path: `${PATH}?aud=a&aud=b&cap=c&identity_provider=p&identityProvider=p&x=1&__proto__=1&identity=ci` },
    ['', [], 'ci'],
  ],
  ['a form', post('scope=o%2Fr&identity=ci', FORM), ['o/r', [], 'ci']],
  ['a form with a charset', post('identity=ci', `${FORM}; charset=UTF-8`), ['', [], 'ci']],
  ['a form type in capitals', post('identity=ci', FORM.toUpperCase()), ['', [], 'ci']],
  ['a form and a query', post('scopes=o/b', FORM, '?scopes=o/a&identity=ci'), ['', ['o/a', 'o/b'], 'ci']],
  ['JSON', post('{"scope":"o","scopes":["o/r"],"identity":"ci"}', JSON_TYPE), ['o', ['o/r'], 'ci']],
  [
    'JSON with a charset and a query',
    post('{"identity":"ci"}', `${JSON_TYPE};charset=utf-8`, '?scope=o/r'),
    ['o/r', [], 'ci'],
  ],
  ['JSON nulls', post('{"scope":null,"scopes":null,"identity":"ci"}', JSON_TYPE), ['', [], 'ci']],
  [
    'JSON members that are ignored, whatever their type',
    post(
      '{"aud":1,"cap":{"identity":"x"},"identityProvider":[],"identity_provider":"p","__proto__":{"scope":"x"},"constructor":1,"identity":"ci"}',
      JSON_TYPE,
    ),
    ['', [], 'ci'],
  ],
  [
    'a name repeated further down',
    post('{"cap":[{"scope":"a"},{"scope":"b"}],"x":"\\"scope\\":","scope":"o"}', JSON_TYPE),
    ['o', [], ''],
  ],
  [
    'the body of a GET',
    {
      path: `${PATH}?identity=ci`,
      headers: { 'content-type': FORM, 'content-length': '7' },
      body: 'scope=o',
    },
    ['', [], 'ci'],
  ],
  ['an empty JSON body', post('', JSON_TYPE), ['', [], '']],
  ['a body without a type', post('identity=ci', undefined), ['', [], '']],
  ['a body of another type', post('identity=ci', 'text/plain'), ['', [], '']],
  ['JSON nested deeply', post(`{"x":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, JSON_TYPE), ['', [], '']],
]

test('reads the fields from query, form and JSON', async (t) => {
  const sts = await startSts(t)
  for (const [protocol, send] of jsonClients(t, sts.port)) {
    for (const [label, request, fields] of ACCEPTED) {
      const { status } = await send(request)
      assert.equal(status, 200, `${protocol}: ${label}`)
      const call = sts.calls.at(-1)
      assert.deepEqual([call?.scope, call?.scopes, call?.identity], fields, `${protocol}: ${label}`)
    }
  }
})

const REFUSED: readonly (readonly [label: string, request: JsonRequest, reason: string])[] = [
  ['scope twice', { path: `${PATH}?scope=a&scope=a` }, 'field_repeated'],
  ['identity twice', { path: `${PATH}?identity=a&identity=b` }, 'field_repeated'],
  ['identity under an escaped name', { path: `${PATH}?identity=a&%69dentity=b` }, 'field_repeated'],
  ['scope in query and form', post('scope=a', FORM, '?scope=a'), 'field_repeated'],
  ['identity in query and JSON', post('{"identity":"a"}', JSON_TYPE, '?identity=a'), 'field_repeated'],
  ['a JSON member twice', post('{"scope":"a","scope":"b"}', JSON_TYPE), 'field_repeated'],
  ['a JSON member twice, once escaped', post('{"scope":"a","\\u0073cope":"b"}', JSON_TYPE), 'field_repeated'],
  ['a JSON list twice', post('{"scopes":["a"],"scopes":["b"]}', JSON_TYPE), 'field_repeated'],
  ['a broken escape', { path: `${PATH}?identity=%zz` }, 'body_malformed'],
  ['an escape cut short', { path: `${PATH}?identity=%2` }, 'body_malformed'],
  ['invalid UTF-8 in an escape', { path: `${PATH}?identity=%ff` }, 'body_malformed'],
  ['a surrogate in an escape', { path: `${PATH}?identity=%ed%a0%80` }, 'body_malformed'],
  ['a broken escape in an ignored name', { path: `${PATH}?x=%` }, 'body_malformed'],
  ['invalid UTF-8 in a form', post(Buffer.from('identity=\xff', 'latin1'), FORM), 'body_malformed'],
  ['JSON cut short', post('{"scope":', JSON_TYPE), 'body_malformed'],
  ['JSON with something after it', post('{} {}', JSON_TYPE), 'body_malformed'],
  ['JSON with a BOM', post('\ufeff{}', JSON_TYPE), 'body_malformed'],
  ['JSON in invalid UTF-8', post(Buffer.from('{"scope":"\xff"}', 'latin1'), JSON_TYPE), 'body_malformed'],
  ['a JSON list', post('["scope"]', JSON_TYPE), 'body_malformed'],
  ['a JSON string', post('"scope"', JSON_TYPE), 'body_malformed'],
  ['JSON null', post('null', JSON_TYPE), 'body_malformed'],
  ['a number as scope', post('{"scope":1}', JSON_TYPE), 'body_malformed'],
  ['a list as identity', post('{"identity":["ci"]}', JSON_TYPE), 'body_malformed'],
  ['a string as scopes', post('{"scopes":"o/r"}', JSON_TYPE), 'body_malformed'],
  ['a number in scopes', post('{"scopes":["o/r",1]}', JSON_TYPE), 'body_malformed'],
  ['null in scopes', post('{"scopes":[null]}', JSON_TYPE), 'body_malformed'],
  ['64 KB of open brackets', post('['.repeat(65_000), JSON_TYPE), 'body_malformed'],
]

test('refuses what is malformed or repeated as INVALID_REQUEST, without an exchange', async (t) => {
  const sts = await startSts(t)
  for (const [protocol, send] of jsonClients(t, sts.port)) {
    for (const [label, request, reason] of REFUSED) {
      const response = await send(request)
      assert.equal(response.status, 400, `${protocol}: ${label}`)
      assert.equal(json(response)['code'], 3, `${protocol}: ${label}`)
      assert.match(response.text, /"reason":"INVALID_REQUEST"/, `${protocol}: ${label}`)
      assert.equal(sts.answers.at(-1)?.reason, reason, `${protocol}: ${label}`)
    }
  }
  assert.equal(sts.calls.length, 0)
})

test('refuses an encoded body that it would have to decode', async (t) => {
  const sts = await startSts(t)
  for (const [protocol, send] of jsonClients(t, sts.port)) {
    const response = await send({
      method: 'POST',
      path: PATH,
      headers: { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' },
      body: '{}',
    })
    assert.equal(response.status, 400, protocol)
  }
})

test('a bearer over 16 KiB is TOKEN_MALFORMED, one at the limit is not', async (t) => {
  const sts = await startSts(t)
  for (const [protocol, send] of jsonClients(t, sts.port)) {
    const over = await send({ path: PATH, headers: { authorization: `Bearer ${'x'.repeat(16_385)}` } })
    assert.equal(over.status, 400, protocol)
    assert.match(over.text, /"reason":"TOKEN_MALFORMED"/, protocol)
    assert.equal(sts.answers.at(-1)?.reason, 'token_too_large', protocol)
    const at = await send({ path: PATH, headers: { authorization: `bearer  ${'x'.repeat(16_384)}` } })
    assert.equal(at.status, 200, protocol)
    const bare = await send({ path: PATH, headers: { authorization: 'x'.repeat(16_385) } })
    assert.equal(bare.status, 400, protocol)
  }
})
