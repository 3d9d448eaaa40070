import { X509Certificate } from 'node:crypto'
import { parsed, unparsed, type Parsed, type ValueType } from './value-type.ts'

/** Reads a whole file. Throws when it cannot; `code` of what it throws is shown (`ENOENT`). */
export type ReadFile = (path: string) => Uint8Array

/** A file that the configuration names is at most this large; a system's bundle of authorities has about 220 KB. */
const CONFIG_FILE_MAX_BYTES = 1_048_576

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g
const CERTIFICATE_BEGIN = /-----BEGIN CERTIFICATE-----/g

/** The path of a file. Whether it can be read is known only when it is read. */
export const FILE_PATH: ValueType<string> = {
  allowed: 'the path of a file that can be read',
  parse: (text) => {
    // A PEM where its path belongs is a common mistake.
    if (text.includes('-----BEGIN')) return unparsed('it holds a PEM, not the path of one')
    return text.includes('\0') ? unparsed('it has a NUL character') : parsed(text)
  },
}

/** A private key as text. Whether it is a usable key is for the signer to say. */
export const PEM_TEXT: ValueType<string> = {
  allowed: 'a private key in PEM, the text itself',
  parse: (text) => (text.trim() === '' ? unparsed('it is blank') : parsed(text)),
}

/** The text of a file: UTF-8, not blank, at most {@link CONFIG_FILE_MAX_BYTES}. */
export function readTextFile(path: string, readFile: ReadFile): Parsed<string> {
  let bytes: Uint8Array
  try {
    bytes = readFile(path)
  } catch (thrown) {
    return unparsed(`the file cannot be read${codeOf(thrown)}`)
  }
  if (bytes.byteLength > CONFIG_FILE_MAX_BYTES) {
    return unparsed(`the file has more than ${CONFIG_FILE_MAX_BYTES} bytes`)
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return text.trim() === '' ? unparsed('the file is empty') : parsed(text)
  } catch {
    return unparsed('the file is not text in UTF-8')
  }
}

/**
 * The certificates in a PEM text, everything around them dropped. Each must parse: TLS would leave out a broken
 * one in silence.
 */
export function readCertificates(text: string): Parsed<string> {
  const blocks = text.match(CERTIFICATE) ?? []
  const begun = text.match(CERTIFICATE_BEGIN)?.length ?? 0
  if (begun === 0) return unparsed('the file has no certificate in PEM')
  if (blocks.length < begun) return unparsed('the file has a certificate without an end')
  for (const [index, block] of blocks.entries()) {
    try {
      new X509Certificate(block)
    } catch {
      return unparsed(`certificate ${index + 1} of the file cannot be read`)
    }
  }
  return parsed(`${blocks.join('\n')}\n`)
}

function codeOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return ''
  const { code } = thrown
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,31}$/.test(code) ? ` (${code})` : ''
}
