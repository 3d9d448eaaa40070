/** The fields of an ExchangeRequest that count. */
export interface ExchangeMessage {
  readonly scope: string
  readonly scopes: readonly string[]
  readonly identity: string
}

/** By field number, from the description of the protocol. */
const FIELDS: Readonly<Record<number, keyof ExchangeMessage>> = { 2: 'scope', 4: 'identity', 8: 'scopes' }

/** Bytes behind each wire type that has a size of its own (protobuf encoding, "Message structure"). */
const FIXED_BYTES: Readonly<Record<number, number>> = { 1: 8, 5: 4 }

/**
 * Reads an ExchangeRequest by the letter of protobuf's encoding: of a field that is there twice the last counts.
 * Undefined for bytes that are no message, or that only some parsers take (groups, numbers that are too long,
 * another wire type than that of the field).
 */
export function readMessage(bytes: Buffer): ExchangeMessage | undefined {
  const message = { scope: '', scopes: [] as string[], identity: '' }
  let at = 0
  const varint = (): number | undefined => {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at++]
      if (byte === undefined) return undefined
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    return undefined
  }
  while (at < bytes.length) {
    const tag = varint()
    if (tag === undefined || tag >= 2 ** 32) return undefined
    const [field, wireType] = [Math.floor(tag / 8), tag % 8]
    const name = FIELDS[field]
    if (field === 0 || (wireType !== 2 && (name !== undefined || [1, 5, 7].includes(field)))) return undefined
    if (wireType === 0) {
      if (varint() === undefined) return undefined
      continue
    }
    const size = wireType === 2 ? varint() : FIXED_BYTES[wireType]
    if (size === undefined || at + size > bytes.length) return undefined
    const value = bytes.subarray(at, at + size)
    at += size
    if (name === 'scopes') message.scopes.push(value.toString('utf8'))
    else if (name !== undefined) message[name] = value.toString('utf8')
  }
  return message
}
