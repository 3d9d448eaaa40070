import { toStsError } from '#pkg/errors'
import { createPemSigner } from '#pkg/signer'

/** What is wrong with the text of a private key, in words that do not quote it; undefined if nothing. */
export function findKeyProblem(pem: string): string | undefined {
  try {
    createPemSigner(pem)
    return undefined
  } catch (thrown) {
    const { problem } = toStsError(thrown).detail
    return typeof problem === 'string' ? problem : 'it cannot be read'
  }
}
