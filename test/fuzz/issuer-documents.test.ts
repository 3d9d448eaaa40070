import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import fc from 'fast-check'
import { StsError } from '#pkg/errors'
import { readToken } from '#pkg/jwt'
import { DISCOVERY_PATH } from '../oidc/support/issuer-server.ts'
import { createSigningKey } from '../oidc/support/token.ts'
import { createWorld, ISSUER } from '../oidc/support/world.ts'
import { edited } from './support/edits.ts'
import { fuzz } from './support/fuzz.ts'

const CODES = new Set(['ISSUER_REJECTED', 'ISSUER_UNREACHABLE', 'TOKEN_INVALID'])

const pieces = fc.constantFrom(
  ...[
    '"',
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '\\',
    '\0',
    '\ufeff',
    'null',
    'true',
    '[]',
    '{}',
    '""',
    '1e999',
    '-1',
    '"\\ud800"',
    '[[[[',
  ],
  ...[
    '"issuer":"https://other.test",',
    '"jwks_uri":"http://issuer.test/keys",',
    '"jwks_uri":"https://127.0.0.1/keys",',
  ],
  ...[
    '"jwks_uri":"file:///etc/passwd",',
    '"id_token_signing_alg_values_supported":["none"],',
    '"keys":[],',
    '"kty":"oct",',
  ],
  ...[
    '"alg":"HS256",',
    '"use":"enc",',
    '"key_ops":[],',
    '"crv":"P-384",',
    '"d":"AA",',
    '"x5c":["AA"],',
    '"kid":1,',
    '"e":"AQ",',
  ],
)
const status = fc.oneof(
  { weight: 6, arbitrary: fc.constant(200) },
  fc.constantFrom(204, 301, 302, 307, 400, 404, 429, 500),
)
const headers = fc.dictionary(
  fc.constantFrom(
    'content-type',
    'content-encoding',
    'cache-control',
    'location',
    'retry-after',
    'age',
    'expires',
  ),
  fc.constantFrom(
    'application/json',
    'gzip',
    'br',
    'x',
    'max-age=-1',
    'max-age=1e9',
    'https://issuer.test/keys',
    '//',
    '0',
    'https://[::1]/',
  ),
  { maxKeys: 2, noNullPrototype: true },
)

const key = createSigningKey('k1', 'ES256')

fuzz(
  'whatever an issuer publishes, its tokens are verified by its key or refused with a reason',
  20,
  async (t) => {
    const world = await createWorld(t)
    let issuers = 0
    const keySet = edited(fc.constant(JSON.stringify({ keys: [key.jwk] })), pieces, 2)
    const metadata = edited(
      fc.constant(
        `{"issuer":"ISSUER","jwks_uri":"ISSUER/keys","id_token_signing_alg_values_supported":["ES256"]}`,
      ),
      pieces,
      2,
    )
    const answer = fc.tuple(status, headers)
    return fc.asyncProperty(metadata, keySet, answer, answer, async (document, keys, first, second) => {
      issuers += 1
      const issuer = `${ISSUER}/${issuers}`
      const send =
        ([code, more]: typeof first, text: string) =>
        (response: ServerResponse): void => {
          response.writeHead(code, { ...more }).end(text)
        }
      world.server.on(`/${issuers}${DISCOVERY_PATH}`, send(first, document.replaceAll('ISSUER', issuer)))
      world.server.on(`/${issuers}/keys`, send(second, keys))
      const bearer = await key.sign(world.claims({ iss: issuer }))
      const verify = async (token: string): Promise<boolean> => {
        try {
          await world.verifier.verify(readToken(token), { signal: new AbortController().signal })
          return true
        } catch (thrown) {
          assert.ok(thrown instanceof StsError && CODES.has(thrown.code), String(thrown))
          return false
        }
      }
      const isGenuine = await verify(bearer)
      if (isGenuine) {
        assert.ok([first, second].every(([code]) => code < 400))
        assert.ok(keys.includes(String(key.jwk['x'])))
      }
      assert.equal(await verify(`${bearer.slice(0, -8)}AAAAAAAA`), false)
    })
  },
)
