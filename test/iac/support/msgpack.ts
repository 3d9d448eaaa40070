/** A value of Terraform's wire format; a map's keys are attribute names. */
export type WireValue =
  null | boolean | number | string | Unknown | readonly WireValue[] | { readonly [name: string]: WireValue }

/** A value that is known only after apply; it keeps what Terraform says about it. */
export class Unknown {
  readonly bytes: Buffer
  constructor(bytes: Buffer = Buffer.from([0xd4, 0, 0])) {
    this.bytes = bytes
  }
}

export function isRecord(value: WireValue | undefined): value is { readonly [name: string]: WireValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Unknown)
}

/**
 * Reads the part of MessagePack that Terraform writes: https://github.com/msgpack/msgpack/blob/master/spec.md,
 * with extension types as unknown values.
 */
export function decode(bytes: Buffer): WireValue {
  let at = 0

  function unsigned(size: number): number {
    const value = size === 8 ? Number(bytes.readBigUInt64BE(at)) : bytes.readUIntBE(at, size)
    at += size
    return value
  }

  function signed(size: number): number {
    const value = size === 8 ? Number(bytes.readBigInt64BE(at)) : bytes.readIntBE(at, size)
    at += size
    return value
  }

  function text(size: number): string {
    at += size
    return bytes.toString('utf8', at - size, at)
  }

  function list(size: number): readonly WireValue[] {
    return Array.from({ length: size }, () => next())
  }

  function map(size: number): WireValue {
    return Object.fromEntries(Array.from({ length: size }, () => [key(), next()]))
  }

  function key(): string {
    const value = next()
    if (typeof value !== 'string') throw new Error('A key that is no text')
    return value
  }

  function extension(start: number, size: number): Unknown {
    at += 1 + size
    return new Unknown(bytes.subarray(start, at))
  }

  function next(): WireValue {
    const start = at
    const code = unsigned(1)
    if (code <= 0x7f) return code
    if (code <= 0x8f) return map(code & 0x0f)
    if (code <= 0x9f) return list(code & 0x0f)
    if (code <= 0xbf) return text(code & 0x1f)
    if (code >= 0xe0) return code - 0x100
    switch (code) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xc7:
        return extension(start, unsigned(1))
      case 0xca:
        at += 4
        return bytes.readFloatBE(at - 4)
      case 0xcb:
        at += 8
        return bytes.readDoubleBE(at - 8)
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return unsigned(2 ** (code - 0xcc))
      case 0xd0:
      case 0xd1:
      case 0xd2:
      case 0xd3:
        return signed(2 ** (code - 0xd0))
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return extension(start, 2 ** (code - 0xd4))
      case 0xd9:
      case 0xda:
      case 0xdb:
        return text(unsigned(2 ** (code - 0xd9)))
      case 0xdc:
      case 0xdd:
        return list(unsigned(2 ** (code - 0xdc + 1)))
      case 0xde:
      case 0xdf:
        return map(unsigned(2 ** (code - 0xde + 1)))
      default:
        throw new Error(`MessagePack code ${code.toString(16)} is not one that Terraform writes`)
    }
  }

  return next()
}

/** Writes a value as MessagePack, each number and length in a form that holds any. */
export function encode(value: WireValue): Buffer {
  if (value === null) return Buffer.from([0xc0])
  if (value instanceof Unknown) return value.bytes
  switch (typeof value) {
    case 'boolean':
      return Buffer.from([value ? 0xc3 : 0xc2])
    case 'number':
      return encodeNumber(value)
    case 'string': {
      const content = Buffer.from(value)
      return Buffer.concat([sized(0xdb, content.length), content])
    }
    default:
  }
  if (!isRecord(value)) return Buffer.concat([sized(0xdd, value.length), ...value.map(encode)])
  const entries = Object.entries(value)
  return Buffer.concat([sized(0xdf, entries.length), ...entries.flatMap((entry) => entry.map(encode))])
}

function encodeNumber(value: number): Buffer {
  const bytes = Buffer.alloc(9)
  if (Number.isSafeInteger(value)) {
    bytes.writeUInt8(0xd3)
    bytes.writeBigInt64BE(BigInt(value), 1)
  } else {
    bytes.writeUInt8(0xcb)
    bytes.writeDoubleBE(value, 1)
  }
  return bytes
}

function sized(code: number, size: number): Buffer {
  const bytes = Buffer.alloc(5)
  bytes.writeUInt8(code)
  bytes.writeUInt32BE(size, 1)
  return bytes
}
