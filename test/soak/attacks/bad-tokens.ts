import { ask } from '../attackers/ask.ts'
import { encodePart, forgeToken } from '../../oidc/support/token.ts'
import { turnOf, type Arena, type Attack } from './attack.ts'

type Forge = (arena: Arena, issuer: string) => string | Promise<string>

const header = (more: Readonly<Record<string, unknown>>): Forge => {
  return ({ issuers }, issuer) =>
    forgeToken({ alg: 'ES256', kid: 'hostile', ...more }, issuers.claims(issuer))
}
const claims = (more: Readonly<Record<string, unknown>>): Forge => {
  return ({ issuers }, issuer) => issuers.sign(issuer, more)
}
const payload = (of: (json: string) => string | Buffer): Forge => {
  return ({ issuers }, issuer) =>
    forgeToken({ alg: 'ES256', kid: 'hostile' }, of(JSON.stringify(issuers.claims(issuer))))
}
const changed = (of: (token: string) => string): Forge => {
  return async ({ issuers }, issuer) => of(await issuers.sign(issuer))
}

const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3_600

/** Each is wrong in one way. */
const TOKENS: readonly Forge[] = [
  header({ alg: 'none' }),
  changed((token) => forgeToken({ alg: 'none' }, Buffer.from(token.split('.')[1] ?? '', 'base64url'), '')),
  ...['HS256', 'HS512', 'ES256K', 'es256', 'RS256', 'RS1', '', null, ['ES256'], {}].map((alg) =>
    header({ alg }),
  ),
  header({ crit: ['exp'], exp: 1 }),
  header({ crit: ['b64'], b64: false }),
  header({ zip: 'DEF' }),
  header({
    jwk: { kty: 'oct', k: 'AA' },
    jku: 'http://169.254.169.254/',
    x5u: 'http://169.254.169.254/',
    x5c: ['AA'],
  }),
  ({ issuers }, issuer) =>
    `${encodePart('{"alg":"none","alg":"ES256"}')}.${encodePart(issuers.claims(issuer))}.AAAA`,
  ...['=', '==', '\n', ' ', '.', '.AAAA', 'A'].map((more) => changed((token) => token + more)),
  changed((token) => `=${token}`),
  changed((token) => token.replaceAll('.', '..')),
  changed((token) => token.replaceAll('-', '+').replaceAll('_', '/').replace(/\./, '+.')),
  changed((token) => token.split('.').slice(0, 2).join('.')),
  changed((token) => `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`),
  changed((token) => token.replace(/.$/, '_')),
  changed(() => '..'),
  changed(() => 'x'),
  payload((json) => `\ufeff${json}`),
  payload((json) => Buffer.concat([Buffer.from(json), Buffer.from([0xff])])),
  payload((json) => Buffer.from(json.replace('attacker', '\xff\xfe'), 'latin1')),
  payload((json) => json.replace('"sub"', '"x":"\\ud800","sub"')),
  payload((json) => `${json}{}`),
  ...['iss', 'sub', 'aud', 'exp', 'nbf'].map((name) => payload((json) => `{"${name}":1,${json.slice(1)}`)),
  payload((json) => json.replace(/"exp":\d+/, '"exp":1e999')),
  payload(() => '['.repeat(9_000)),
  payload(() => 'null'),
  payload((json) => `{"__proto__":{"exp":9e9},${json.slice(1)}`),
  ...[undefined, '9999999999', null, 0, -1, []].map((exp) => claims({ exp })),
  claims({ nbf: inAnHour() }),
  claims({ iat: 'now' }),
  ...[undefined, 1, null, ['a'], 'a b', 'a\nb', '', 'x'.repeat(256)].map((sub) => claims({ sub })),
  ...[1, null, [1], ['a b'], {}].map((aud) => claims({ aud })),
  changed((token) => token + 'A'.repeat(16 * 1024)),
  claims({ long: 'x y '.repeat(4_500) }),
]

export const BAD_TOKENS: readonly Attack[] = [
  {
    name: 'bad-tokens',
    rows: 'J',
    what: `${TOKENS.length} tokens that are wrong in one way each: alg none, crit, padding, members twice, over 16 KiB`,
    perSecond: 100,
    // A policy is looked for where only white space is behind the token: HTTP takes that away.
    answers: [
      'TOKEN_MALFORMED',
      'TOKEN_INVALID',
      'TOKEN_MISSING',
      'ISSUER_INVALID',
      'POLICY_NOT_FOUND',
      'HTTP 431',
    ],
    async attempt(arena, n) {
      const issuer = arena.issuers.issuerOf('valid', 0)
      const bearer = await turnOf(TOKENS, n)(arena, issuer)
      // Node's client refuses to send line breaks; a bare space is the next worst.
      return ask(arena, { bearer: bearer.replaceAll('\n', '\t') })
    },
  },
]
