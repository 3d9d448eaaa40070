import { createHmac, timingSafeEqual } from 'node:crypto'
import { headerValues } from './header-values.ts'
import type { DeliveryRefusal } from './refusal.ts'

/** Text or bytes: what a secret manager keeps need not be text. */
export type WebhookSecret = string | Buffer

const SIGNATURE = /^sha256=([0-9a-f]{64})$/

/** Undefined: the body is signed. */
export type SignatureVerifier = (rawHeaders: readonly string[], body: Buffer) => DeliveryRefusal | undefined

/**
 * Verifies HMAC-SHA-256 over the whole body, in constant time, with each of `secrets` in turn. The older
 * `X-Hub-Signature` (SHA-1) counts for nothing.
 * https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 *
 * @param secrets - asked at each delivery, so that they may change; none of them empty.
 */
export function createSignatureVerifier(secrets: () => readonly WebhookSecret[]): SignatureVerifier {
  return (rawHeaders, body) => {
    const [signature, ...others] = headerValues(rawHeaders, 'x-hub-signature-256')
    if (signature === undefined) return 'signature_missing'
    if (others.length > 0) return 'signature_repeated'
    const [, digits] = SIGNATURE.exec(signature) ?? []
    if (digits === undefined) return 'signature_malformed'
    const given = Buffer.from(digits, 'hex')
    // The bytes themselves: as text, which anyone may have sent, they would cost ten times as much.
    const isSigned = secrets().some((secret) =>
      timingSafeEqual(given, createHmac('sha256', secret).update(body).digest()),
    )
    return isSigned ? undefined : 'signature_mismatch'
  }
}
