import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

const SIGNATURES = 400
/** About the length of what is signed of a JWT. */
const MESSAGE_BYTES = 300

/**
 * Makes a clock that counts in signatures: each call gives the processor time of one RSA-2048 signature with
 * SHA-256, in milliseconds, as this process takes it now. Machines and their moods differ; in relation to a
 * signature they differ less.
 */
export function createSignatureUnit(): () => number {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const message = randomBytes(MESSAGE_BYTES)
  return () => {
    const before = process.cpuUsage()
    for (let n = 0; n < SIGNATURES; n++) sign('RSA-SHA256', message, privateKey)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000 / SIGNATURES
  }
}
