/** Why a delivery is refused before any work, with what its sender is told: HTTP status and message. */
export const REFUSALS = {
  signature_missing: { status: 401, message: 'the header X-Hub-Signature-256 is missing' },
  signature_repeated: { status: 401, message: 'there is more than one header X-Hub-Signature-256' },
  signature_malformed: {
    status: 401,
    message: 'the header X-Hub-Signature-256 is not sha256= and 64 hexadecimal digits in lower case',
  },
  signature_mismatch: { status: 401, message: 'no webhook secret of this service makes this signature' },
  content_encoding: { status: 415, message: 'the content has an encoding' },
  content_type: {
    status: 415,
    message: 'the content type is neither application/json nor application/x-www-form-urlencoded',
  },
  event_malformed: { status: 400, message: 'exactly one header X-GitHub-Event with an event is required' },
  id_malformed: { status: 400, message: 'exactly one header X-GitHub-Delivery with an id is required' },
  target_malformed: { status: 400, message: 'the header X-GitHub-Hook-Installation-Target-ID is not one id' },
  form_malformed: { status: 400, message: 'the form does not have exactly one payload' },
  payload_malformed: { status: 400, message: 'the payload is not a JSON object' },
  payload_too_deep: { status: 400, message: 'the payload is nested too deep' },
} as const satisfies Record<string, { readonly status: number; readonly message: string }>

/** A cause, never a value: it may label a metric. */
export type DeliveryRefusal = keyof typeof REFUSALS
