import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { CompactSign } from 'jose'

/** A key of an issuer, and what it signs. */
export interface SigningKey {
  readonly alg: string
  readonly kid: string
  /** As it stands in a key set. */
  readonly jwk: Readonly<Record<string, unknown>>
  readonly privateKey: KeyObject
  /** A token with these claims; a header member of value undefined is left out. */
  sign(
    claims: Readonly<Record<string, unknown>> | string,
    header?: Readonly<Record<string, unknown>>,
  ): Promise<string>
}

const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }

function generate(
  alg: string,
  bits: number,
  exponent: number,
): { publicKey: KeyObject; privateKey: KeyObject } {
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519')
  const curve = CURVES[alg]
  if (curve !== undefined) return generateKeyPairSync('ec', { namedCurve: curve })
  return generateKeyPairSync('rsa', { modulusLength: bits, publicExponent: exponent })
}

/** Makes a key; jose signs with it, a witness that shares no code with what is tested. */
export function createSigningKey(kid: string, alg = 'ES256', bits = 2048, exponent = 65537): SigningKey {
  const { publicKey, privateKey } = generate(alg, bits, exponent)
  return {
    alg,
    kid,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' },
    privateKey,
    sign(claims, header = {}) {
      const payload = typeof claims === 'string' ? claims : JSON.stringify(claims)
      const protectedHeader = JSON.parse(JSON.stringify({ alg, kid, ...header })) as { alg: string }
      return new CompactSign(new TextEncoder().encode(payload))
        .setProtectedHeader(protectedHeader)
        .sign(privateKey)
    },
  }
}

/** A compact token of these parts, with a signature that nobody made. */
export function forgeToken(header: unknown, payload: unknown, signature = 'AAAA'): string {
  return `${encodePart(header)}.${encodePart(payload)}.${signature}`
}

/** base64url of bytes as they are, of a text, or of anything else as JSON. */
export function encodePart(part: unknown): string {
  if (Buffer.isBuffer(part)) return part.toString('base64url')
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
}
