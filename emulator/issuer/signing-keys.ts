import { randomUUID } from 'node:crypto'
import { CompactSign, exportJWK, generateKeyPair } from 'jose'
import type { CryptoKey, JWK } from 'jose'

/** Algorithms the issuer can be asked to sign with. */
export type SigningAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA'

interface SigningKey {
  readonly kid: string
  readonly alg: SigningAlgorithm
  readonly privateKey: CryptoKey
  readonly jwk: JWK
}

/** The issuer's keys, old and new. */
export interface SigningKeys {
  /** The key set that is published. */
  readonly published: () => readonly JWK[]
  /** Signs `payload` with the newest key of `alg`. `header` is laid over `{ typ, alg, kid, x5t }`. */
  readonly sign: (
    payload: Uint8Array,
    alg: SigningAlgorithm,
    header: Readonly<Record<string, string>>,
  ) => Promise<string>
  /** Makes new keys, which sign from now on; old ones stay published unless `retire`. */
  readonly rotate: (retire: boolean) => Promise<void>
}

export async function createSigningKeys(algorithms: readonly SigningAlgorithm[]): Promise<SigningKeys> {
  const fresh = (): Promise<SigningKey[]> => Promise.all(algorithms.map(createSigningKey))
  let keys = await fresh()
  return {
    published: () => keys.map((key) => key.jwk),
    async sign(payload, alg, header) {
      const asked = header['kid']
      const key =
        keys.find((one) => one.alg === alg && one.kid === asked) ?? keys.find((one) => one.alg === alg)
      if (key === undefined) throw new Error(`The issuer was not started with ${alg}.`)
      return await new CompactSign(payload)
        .setProtectedHeader({ typ: 'JWT', alg, kid: key.kid, ...header })
        .sign(key.privateKey)
    },
    async rotate(retire) {
      const made = await fresh()
      keys = retire ? made : [...made, ...keys]
    },
  }
}

async function createSigningKey(alg: SigningAlgorithm): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg)
  const kid = randomUUID()
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), alg, use: 'sig', kid } }
}
