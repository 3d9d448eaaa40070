import { createHmac } from 'node:crypto'

/**
 * The signatures of a body: `sha1=` for receivers of old, and `sha256=`.
 * https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
 */
export function signatureHeaders(secret: string, body: Buffer): Record<string, string> {
  const sign = (algorithm: string): string =>
    `${algorithm}=${createHmac(algorithm, secret).update(body).digest('hex')}`
  return { 'X-Hub-Signature': sign('sha1'), 'X-Hub-Signature-256': sign('sha256') }
}
