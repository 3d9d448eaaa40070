import { readPlainScalar } from '../document/plain-scalar.ts'

/** What a scalar is to octo-sts. `large_integer` is one that only an unsigned integer of 64 bits holds. */
export type OctoStsScalarType = 'text' | 'boolean' | 'integer' | 'large_integer' | 'float' | 'null'

export interface ScalarReading {
  readonly type: OctoStsScalarType
  readonly text: string
}

const BOOLEANS: ReadonlySet<string> = new Set(['true', 'false'])
const INT64_MAX = 2n ** 63n - 1n

/** Reads a scalar without quotes and tag. */
export function typePlainScalar(text: string): ScalarReading {
  const plain = readPlainScalar(text)
  switch (plain.kind) {
    case 'null':
      return { type: 'null', text: '' }
    case 'changed':
      return {
        type: BOOLEANS.has(plain.reading) ? 'boolean' : typeNumber(text, plain.reading),
        text: plain.reading,
      }
    case 'text':
      if (BOOLEANS.has(text)) return { type: 'boolean', text }
      return { type: isNumber(text) ? typeNumber(text, text) : 'text', text }
  }
}

/** Whether text that is read as itself is a number: with a sign more, it is not itself any longer. */
function isNumber(text: string): boolean {
  const digits = text.startsWith('-') ? text.slice(1) : text
  return /^[0-9]/.test(digits) && readPlainScalar(`+${digits}`).kind === 'changed'
}

function typeNumber(text: string, reading: string): OctoStsScalarType {
  const isDecimal = !/^[+-]?0[xXbBoO]/.test(text)
  if (!/^-?[0-9]+$/.test(reading) || (isDecimal && /[.eE]/.test(text))) return 'float'
  return BigInt(reading) > INT64_MAX ? 'large_integer' : 'integer'
}

const YAML_TAG = 'tag:yaml.org,2002:'
/** The tag that makes `<<` a merge key, however it is written. */
export const MERGE_TAG = `${YAML_TAG}merge`

/** Reads a scalar with a tag: `refused` where octo-sts stops, `unknown` where this does not tell. */
export function typeTaggedScalar(tag: string, text: string): ScalarReading | 'refused' | 'unknown' {
  const name = tag.startsWith(YAML_TAG) ? tag.slice(YAML_TAG.length) : ''
  const plain = typePlainScalar(text)
  switch (name) {
    case 'null':
      return plain.type === 'null' ? plain : 'refused'
    case 'bool':
      return plain.type === 'boolean' ? plain : 'refused'
    case 'int':
      return plain.type === 'integer' || plain.type === 'large_integer' ? plain : 'refused'
    case 'float':
      if (plain.type === 'float') return plain
      return plain.type === 'integer' ? { type: 'float', text: plain.text } : 'refused'
    case 'binary':
    case 'timestamp':
      return 'unknown'
    default:
      return { type: 'text', text }
  }
}
