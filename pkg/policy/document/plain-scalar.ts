/**
 * What octo-sts makes of a plain (unquoted) scalar where it expects text:
 *
 * - `text`: the same text.
 * - `null`: no value at all.
 * - `changed`: the text in `reading`.
 */
export type PlainReading =
  | { readonly kind: 'text' }
  | { readonly kind: 'null' }
  | { readonly kind: 'changed'; readonly reading: string }

/**
 * Reads a plain scalar as octo-sts does: by the YAML 1.1 rules of Go's `go.yaml.in/yaml/v2`, and then turned
 * into a string by `sigs.k8s.io/yaml`, which writes integers in decimal and floats with 32 bits.
 */
export function readPlainScalar(text: string): PlainReading {
  if (NULLS.has(text)) return { kind: 'null' }
  const reading = WORDS.get(text) ?? readNumber(text) ?? text
  return reading === text ? { kind: 'text' } : { kind: 'changed', reading }
}

const NULLS: ReadonlySet<string> = new Set(['', '~', 'null', 'Null', 'NULL'])

const WORDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    true: ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'],
    false: ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'],
    NaN: ['.nan', '.NaN', '.NAN'],
    '+Inf': ['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'],
    '-Inf': ['-.inf', '-.Inf', '-.INF'],
  }).flatMap(([reading, texts]) => texts.map((text): [string, string] => [text, reading])),
)

const INTEGER = /^([+-]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/
const SIGNED_BINARY = /^0b([+-])([01]+)$/
const FLOAT = /^[+-]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][+-]?[0-9]+)?$/
/** A float that starts with its point keeps its underscores, which then have to stand between digits. */
const POINTED_FLOAT = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][+-]?[0-9]+(?:_[0-9]+)*)?$/

const INT64_MIN = -(2n ** 63n)
const UINT64_MAX = 2n ** 64n - 1n

/** The number in `text`, as text; undefined when there is none. */
function readNumber(text: string): string | undefined {
  if (text.startsWith('.')) return POINTED_FLOAT.test(text) ? readFloat(text.replaceAll('_', '')) : undefined
  if (!/^[+\-0-9]/.test(text)) return undefined
  const digits = text.replaceAll('_', '')
  return readInteger(digits) ?? (FLOAT.test(digits) ? readFloat(digits) : undefined)
}

function readInteger(text: string): string | undefined {
  const [, sign, hexadecimal, binary, octal, decimal] = INTEGER.exec(text) ?? []
  const value = magnitude(hexadecimal, binary, octal, decimal)
  if (value !== undefined) return inRange(sign === '-' ? -value : value, sign !== '')
  const [, binarySign, bits] = SIGNED_BINARY.exec(text) ?? []
  if (bits === undefined) return undefined
  return inRange(binarySign === '-' ? -BigInt(`0b${bits}`) : BigInt(`0b${bits}`), true)
}

function magnitude(
  hexadecimal: string | undefined,
  binary: string | undefined,
  octal: string | undefined,
  decimal: string | undefined,
): bigint | undefined {
  if (hexadecimal !== undefined) return BigInt(`0x${hexadecimal}`)
  if (binary !== undefined) return BigInt(`0b${binary}`)
  if (octal !== undefined) return BigInt(`0o${octal}`)
  return decimal === undefined ? undefined : BigInt(decimal)
}

/** Integers have 64 bits, and all of them for the magnitude when no sign is written. */
function inRange(value: bigint, signed: boolean): string | undefined {
  const max = signed ? UINT64_MAX / 2n : UINT64_MAX
  return value >= INT64_MIN && value <= max ? value.toString() : undefined
}

function readFloat(text: string): string | undefined {
  const value = Number(text)
  // One that no 64-bit float can hold stays text.
  return Number.isFinite(value) ? formatFloat32(value) : undefined
}

/** The fewest digits that tell a 32-bit float from all others: `strconv.FormatFloat(value, 'g', -1, 32)`. */
function formatFloat32(value: number): string {
  const float = Math.fround(value)
  if (!Number.isFinite(float)) return float > 0 ? '+Inf' : '-Inf'
  if (float === 0) return Object.is(float, -0) ? '-0' : '0'
  const exponential = shortestExponential(float)
  const [digits = '', exponentText = ''] = exponential.split('e')
  const exponent = Number(exponentText)
  if (exponent >= -4 && exponent < 6) return plainDecimal(digits, exponent)
  const sign = exponent < 0 ? '-' : '+'
  return `${digits}e${sign}${Math.abs(exponent).toString().padStart(2, '0')}`
}

/** Nine digits are enough for every 32-bit float. */
const FLOAT32_MAX_DIGITS = 9

function shortestExponential(float: number): string {
  for (let digits = 1; digits < FLOAT32_MAX_DIGITS; digits += 1) {
    const found = candidates(float, digits).find((text) => Math.fround(Number(text)) === float)
    if (found !== undefined) return Number(found).toExponential(digits - 1)
  }
  return float.toExponential(FLOAT32_MAX_DIGITS - 1)
}

/** The decimals of so many digits that are nearest to `float`, nearest first; of two as near, the even one. */
function candidates(float: number, digits: number): string[] {
  const [mantissa = '', exponent = ''] = float.toExponential(digits - 1).split('e')
  const nearest = BigInt(mantissa.replace('.', ''))
  const away = float < 0 ? -1n : 1n
  const oneMore = float.toExponential(digits)
  const isPowerOfTwo = Number.isInteger(Math.log2(Math.abs(float)))
  const isTie = !isPowerOfTwo && oneMore.includes('5e') && Number(oneMore) === float
  // Of a tie, toExponential gives the larger; below a power of two, floats lie closer together than above it.
  const order =
    isTie && nearest % 2n !== 0n ? [nearest - away, nearest] : [nearest, nearest + away, nearest - away]
  return order.map((integer) => `${integer.toString()}e${Number(exponent) - digits + 1}`)
}

function plainDecimal(scientificDigits: string, exponent: number): string {
  const sign = scientificDigits.startsWith('-') ? '-' : ''
  const digits = scientificDigits.replace(/[-.]/g, '')
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  const fraction = digits.slice(exponent + 1)
  return fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`
}
