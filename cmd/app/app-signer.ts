import type { AppConfig, ConfigError } from '#pkg/config'
import { toStsError } from '#pkg/errors'
import { createPemSigner, type Signer } from '#pkg/signer'

/** The signer of the App's JWTs, or what is wrong with the configured key. */
export type AppSignerResult =
  { readonly ok: true; readonly signer: Signer } | { readonly ok: false; readonly error: ConfigError }

export function createAppSigner(app: AppConfig): AppSignerResult {
  try {
    return { ok: true, signer: createPemSigner(app.privateKeyPem) }
  } catch (thrown) {
    const { problem } = toStsError(thrown).detail
    return {
      ok: false,
      error: {
        variable: app.privateKeyVariable,
        holds: 'a text that is not shown',
        problem: typeof problem === 'string' ? problem : 'the key cannot be read',
        allowed: 'an RSA private key of at least 2,048 bits in PEM (PKCS#1 or PKCS#8), not encrypted',
      },
    }
  }
}
