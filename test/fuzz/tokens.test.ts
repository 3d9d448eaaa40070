import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import fc from 'fast-check'
import { compactVerify } from 'jose'
import { StsError } from '#pkg/errors'
import { BEARER_MAX_BYTES, readToken, type UnverifiedToken } from '#pkg/jwt'
import type { VerifiedToken } from '#pkg/oidc'
import { checkAudience, checkSubject } from '#pkg/policy'
import { createSigningKey, encodePart, type SigningKey } from '../oidc/support/token.ts'
import { createWorld, publish, type World } from '../oidc/support/world.ts'
import { edited } from './support/edits.ts'
import { fuzz } from './support/fuzz.ts'
import { depthOf, readJsonStrictly } from './support/strict-json.ts'

const KEYS = ['ES256', 'RS256', 'PS384', 'EdDSA'].map((alg) => createSigningKey(`key-${alg}`, alg))

/** What the claims of a token may look like in their source: right, nearly right, wrong. */
const jsonPieces = fc.constantFrom(
  ...['"', '{', '}', '[', ']', ':', ',', ' ', '\n', '\t', '\\', '\\u0000', '\\ud800', '\\u0061', '\\/', '\0'],
  ...[
    '\ufeff',
    '\ud800',
    'é',
    '1e999',
    '-0',
    '0',
    '-',
    '.5',
    '1.',
    'null',
    'true',
    'NaN',
    '[[',
    '{"a":',
    '""',
  ],
  ...['"iss":"https://issuer.test",', '"exp":9999999999,', '"sub":"x",', '"aud":["a"],', '"__proto__":1,'],
  ...[
    '"alg":"none",',
    '"alg":"HS256",',
    '"crit":["exp"],',
    '"kid":"key-ES256",',
    '"b64":false,',
    '"zip":"DEF",',
  ],
)

const unit = fc.constantFrom('.', '=', '+', '/', '-', '_', 'A', 'Q', 'B', ' ', '\n', 'é', '..', 'AA', 'eyJ')

/** The part before the first dot and so on; parts that are missing are empty. */
function partsOf(bearer: string): readonly [header: string, payload: string, signature: string] {
  const [header = '', payload = '', signature = ''] = bearer.split('.')
  return [header, payload, signature]
}

/** The token as RFC 7515 and RFC 7519 have it, or undefined: by other means than those of the service. */
function readByTheLetter(bearer: string): { header: object; claims: object } | undefined {
  if (bearer.length > BEARER_MAX_BYTES || !/^[\w-]+\.[\w-]+\.[\w-]*$/.test(bearer) || bearer.endsWith('\n'))
    return undefined
  const parts = partsOf(bearer)
  const values: unknown[] = []
  for (const [index, part] of parts.entries()) {
    const bits = Array.from(part, (digit) => DIGITS.indexOf(digit).toString(2).padStart(6, '0')).join('')
    const whole = bits.length - (bits.length % 8)
    // A last digit that holds nothing but padding, or padding that is not zero: another spelling of the bytes.
    if (bits.length - whole >= 6 || bits.slice(whole).includes('1')) return undefined
    if (index === 2) continue
    const bytes = Uint8Array.from(bits.slice(0, whole).match(/.{8}/g) ?? [], (byte) =>
      Number.parseInt(byte, 2),
    )
    const json = readJsonStrictly(bytes)
    if (!json.ok || !isObject(json.value) || depthOf(json.value) > 32) return undefined
    values.push(json.value)
  }
  const [header, claims] = values
  if (!isObject(header) || !isObject(claims)) return undefined
  const { alg, kid } = header
  if (typeof alg !== 'string' || alg === '' || (kid !== undefined && typeof kid !== 'string'))
    return undefined
  return typeof claims['iss'] === 'string' && claims['iss'] !== '' ? { header, claims } : undefined
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function read(bearer: string): UnverifiedToken | undefined {
  try {
    return readToken(bearer)
  } catch (thrown) {
    assert.ok(thrown instanceof StsError && thrown.code === 'TOKEN_MALFORMED', String(thrown))
    return undefined
  }
}

/** Source texts of a header and of claims, edited, and a signature of whatever length. */
const HEADER_TEXT = '{"alg":"ES256","kid":"key-ES256","typ":"JWT"}'
const CLAIMS_TEXT =
  '{"iss":"https://issuer.test","sub":"repo:acme/app","aud":["sts.test"],"exp":1767300000,"nbf":1767225600,"x":{"y":[1]}}'
/** Objects of these members in any order and number; a name may be spelled with escapes. */
const objectText = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        '"iss"',
        '"sub"',
        '"exp"',
        '"alg"',
        '"kid"',
        '"a"',
        '"\\u0061"',
        '"i\\u0073s"',
        '"__proto__"',
        '""',
      ),
      fc.constantFrom(
        '"ES256"',
        '"key-ES256"',
        '"x"',
        '1',
        'null',
        '{"a":1,"b":[":"]}',
        '{"a":1,"\\u0061":2}',
        '"\\":"',
        '"\\\\"',
      ),
    ),
    { maxLength: 4 },
  )
  .map((members) => `{${members.map((member) => member.join(':')).join(',')}}`)
const merged = (base: string) =>
  objectText.map((more) => (more === '{}' ? base : `${more.slice(0, -1)},${base.slice(1)}`))
const parts = fc.oneof(
  fc.tuple(fc.oneof(merged(HEADER_TEXT), fc.constant(HEADER_TEXT)), merged(CLAIMS_TEXT)),
  fc.tuple(edited(fc.constant(HEADER_TEXT), jsonPieces, 2), edited(fc.constant(CLAIMS_TEXT), jsonPieces, 4)),
)
const compactText = fc.oneof(
  parts.map(([header, claims]) => `${encodePart(header)}.${encodePart(claims)}.AAAA`),
  fc
    .tuple(parts, fc.uint8Array({ maxLength: 70 }))
    .map(([[header, claims], bytes]) =>
      [encodePart(header), encodePart(claims), encodePart(Buffer.from(bytes))].join('.'),
    ),
  fc
    .tuple(fc.uint8Array(), fc.uint8Array())
    .map(([a, b]) => `${encodePart(Buffer.from(a))}.${encodePart(Buffer.from(b))}.`),
)

fuzz('a token is read exactly where RFC 7515 and RFC 7519 give it one meaning', 2_000, () =>
  fc.property(fc.oneof(compactText, edited(compactText, unit, 2)), (bearer) => {
    const token = read(bearer)
    const expected = readByTheLetter(bearer)
    assert.equal(token !== undefined, expected !== undefined)
    if (token === undefined || expected === undefined) return
    assert.deepEqual({ ...token.header }, { ...expected.header })
    assert.deepEqual({ ...token.claims }, { ...expected.claims })
  }),
)

/** A world whose issuer has a key for each algorithm. */
async function manyKeys(t: Parameters<typeof createWorld>[0]): Promise<World> {
  const world = await createWorld(t)
  publish(world.server, KEYS)
  return world
}

async function verify(world: World, bearer: string): Promise<VerifiedToken | undefined> {
  const { verifier } = world
  try {
    return await verifier.verify(readToken(bearer), { signal: new AbortController().signal })
  } catch (thrown) {
    assert.ok(thrown instanceof StsError, String(thrown))
    assert.notEqual(thrown.code, 'INTERNAL')
    return undefined
  }
}

/** Whether jose, which goes through WebCrypto, finds the signature of one of the keys. */
async function isSignedByAny(bearer: string): Promise<boolean> {
  for (const { alg, privateKey } of KEYS) {
    try {
      await compactVerify(bearer, createPublicKey(privateKey), { algorithms: [alg] })
      return true
    } catch {
      // Not by this one.
    }
  }
  return false
}

/** What has to hold of a token that was let in, whatever its bytes are. */
async function assertGenuine(world: World, bearer: string, token: VerifiedToken): Promise<void> {
  const expected = readByTheLetter(bearer)
  assert.ok(expected !== undefined)
  assert.ok(await isSignedByAny(bearer), 'no key has signed this')
  const claims: Readonly<Record<string, unknown>> = { ...expected.claims }
  const { iss, sub, aud = [], exp, nbf = 0, iat = 0 } = claims
  const seconds = world.now() / 1000
  assert.ok(typeof exp === 'number' && exp > seconds)
  assert.ok(typeof nbf === 'number' && nbf <= seconds + 300)
  assert.equal(typeof iat, 'number')
  assert.equal(token.issuer, iss)
  assert.equal(token.subject, sub)
  assert.ok(checkSubject(token.subject).ok)
  assert.deepEqual(token.audiences, Array.isArray(aud) ? (aud as unknown[]) : [aud])
  assert.ok(token.audiences.every((value) => checkAudience(value).ok))
  assert.ok(!['crit', 'b64', 'zip'].some((name) => Object.hasOwn(expected.header, name)))
}

const signer = fc.constantFrom<SigningKey>(...KEYS)
const edits = edited(fc.constant(''), unit, 3)

fuzz('a changed token is refused, or the same token', 300, async (t) => {
  const world = await manyKeys(t)
  const originals = await Promise.all(KEYS.map((key) => key.sign(world.claims())))
  const changed = fc.oneof(
    edited(fc.constantFrom(...originals), unit, 2),
    fc
      .tuple(
        fc.constantFrom(...originals),
        fc.constantFrom(...originals),
        fc.constantFrom(...originals),
        edits,
      )
      .map(([a, b, c, tail]) => `${partsOf(a)[0]}.${partsOf(b)[1]}.${partsOf(c)[2]}${tail}`),
    fc
      .tuple(fc.constantFrom(...originals), edited(fc.constant(HEADER_TEXT), jsonPieces, 2))
      .map(([original, header]) => [encodePart(header), ...partsOf(original).slice(1)].join('.')),
    fc
      .tuple(fc.constantFrom(...originals), fc.uint8Array({ minLength: 60, maxLength: 260 }))
      .map(([original, bytes]) =>
        [...partsOf(original).slice(0, 2), encodePart(Buffer.from(bytes))].join('.'),
      ),
  )
  return fc.asyncProperty(changed, async (bearer) => {
    const token = await verify(world, bearer)
    if (token === undefined) return
    await assertGenuine(world, bearer, token)
    // A signature can have more than one form; what it signs cannot.
    assert.ok(originals.some((original) => original.startsWith(`${partsOf(bearer).slice(0, 2).join('.')}.`)))
  })
})

const time = fc.oneof(
  fc.integer({ min: 1_767_225_000, max: 1_767_226_200 }),
  fc.double(),
  fc.jsonValue(),
  fc.constant(undefined),
)
const text = fc.oneof(
  fc.constant('repo:acme/app'),
  fc.string({ unit: 'binary', maxLength: 260 }).filter((value) => value.isWellFormed()),
  fc.jsonValue(),
)

fuzz(
  'whatever an issuer signs is let in by the rules, or refused with a reason of its own',
  200,
  async (t) => {
    const world = await manyKeys(t)
    const claims = fc.record(
      {
        sub: text,
        aud: fc.oneof(text, fc.array(text, { maxLength: 3 })),
        exp: time,
        nbf: time,
        iat: time,
        jti: fc.jsonValue(),
        ['__proto__']: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    return fc.asyncProperty(signer, claims, fc.boolean(), async (key, members, byText) => {
      const source = JSON.stringify({ ...world.claims(), ...members })
      const bearer = await key.sign(byText ? source.replace(/^\{/, '{ "extra" : [ { } ] ,') : source)
      const token = await verify(world, bearer)
      if (token !== undefined) await assertGenuine(world, bearer, token)
      else await assertRefusable(world, bearer)
    })
  },
)

/** The other way round: what a plain reading of the rules finds right must not be refused. */
async function assertRefusable(world: World, bearer: string): Promise<void> {
  const claims: Readonly<Record<string, unknown>> | undefined = { ...readByTheLetter(bearer)?.claims }
  const seconds = world.now() / 1000
  const { sub, aud = [], exp, nbf = 0, iat = 0 } = claims
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud]
  const isRight =
    (await isSignedByAny(bearer)) &&
    typeof sub === 'string' &&
    checkSubject(sub).ok &&
    audiences.every((value) => typeof value === 'string' && checkAudience(value).ok) &&
    [exp, nbf, iat].every((value) => typeof value === 'number' && Math.abs(value) < 8e12) &&
    Number(exp) > seconds &&
    Number(nbf) <= seconds + 300
  assert.equal(isRight, false)
}
