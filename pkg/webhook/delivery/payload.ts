import { isUtf8 } from 'node:buffer'
import { isJsonObject } from '#pkg/jwt'
import { headerValues } from './header-values.ts'
import { isNestedDeeper } from './nesting.ts'
import type { DeliveryRefusal } from './refusal.ts'

/** GitHub's payloads have about ten levels. Readers of a payload may recurse. */
const PAYLOAD_MAX_DEPTH = 100

/** GitHub sends one parameter. */
const FORM_MAX_PARAMETERS = 16

const PAYLOAD_PARAMETER = 'payload='

type Payload = Readonly<Record<string, unknown>>

export type PayloadVerdict =
  { readonly ok: true; readonly payload: Payload } | { readonly ok: false; readonly refusal: DeliveryRefusal }

/**
 * Reads the payload of a verified body, by its content type: JSON, or a form whose parameter `payload` holds JSON.
 * https://docs.github.com/en/webhooks/using-webhooks/creating-webhooks
 */
export function readPayload(rawHeaders: readonly string[], body: Buffer): PayloadVerdict {
  const encodings = headerValues(rawHeaders, 'content-encoding')
  if (encodings.some((encoding) => encoding.toLowerCase() !== 'identity')) return refuse('content_encoding')
  const [contentType = '', ...others] = headerValues(rawHeaders, 'content-type')
  if (others.length > 0) return refuse('content_type')
  if (!isUtf8(body)) return refuse('payload_malformed')
  const text = body.toString('utf8')
  switch (contentType.split(';', 1)[0]?.trim().toLowerCase()) {
    case 'application/json':
      return parsePayload(text)
    case 'application/x-www-form-urlencoded': {
      const json = payloadOfForm(text)
      return json === undefined ? refuse('form_malformed') : parsePayload(json)
    }
    default:
      return refuse('content_type')
  }
}

function parsePayload(json: string): PayloadVerdict {
  if (isNestedDeeper(json, PAYLOAD_MAX_DEPTH)) return refuse('payload_too_deep')
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return refuse('payload_malformed')
  }
  return isJsonObject(value) ? { ok: true, payload: value } : refuse('payload_malformed')
}

/** Undefined unless there is exactly one, with escapes that are whole and UTF-8. */
function payloadOfForm(text: string): string | undefined {
  const parameters = text.split('&', FORM_MAX_PARAMETERS + 1)
  if (parameters.length > FORM_MAX_PARAMETERS) return undefined
  const [parameter, ...others] = parameters.filter((each) => each.startsWith(PAYLOAD_PARAMETER))
  if (parameter === undefined || others.length > 0) return undefined
  try {
    return decodeURIComponent(parameter.slice(PAYLOAD_PARAMETER.length).replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

function refuse(refusal: DeliveryRefusal): PayloadVerdict {
  return { ok: false, refusal }
}
