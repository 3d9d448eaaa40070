import type { Diagnostic } from './diagnostic.ts'
import { indexLines, type LineIndex } from './line-index.ts'
import { offsetOfExcessNesting, TOO_DEEP } from './nesting.ts'

/** The largest policy or issuer list, in bytes of UTF-8. GitHub's contents API answers larger files too. */
export const DOCUMENT_MAX_BYTES = 32 * 1024

/** A document that may be given to a parser: LF line breaks, printable, of bounded size and nesting. */
export interface DocumentText {
  readonly text: string
  readonly lines: LineIndex
}

export type DocumentTextResult =
  | { readonly ok: true; readonly document: DocumentText }
  | { readonly ok: false; readonly diagnostic: Diagnostic }

const BYTE_ORDER_MARK = '\uFEFF'

/** What YAML 1.2 calls printable (section 5.1), less the line breaks that only YAML 1.1 knows. */
const NOT_ALLOWED = /[^\t\n\r\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

/**
 * Decodes a document and holds it to the limits of text: size, strict UTF-8, characters, nesting. One leading
 * byte order mark is ignored, and CR and CRLF become LF (YAML 1.2, section 5.4).
 *
 * This stands before any parser, because nesting that is deep enough ends a Node 20 process from inside the
 * YAML parser, where nothing can catch it.
 */
export function readDocumentText(source: Uint8Array | string): DocumentTextResult {
  const decoded = decode(source)
  if (!decoded.ok) return decoded
  const marked = decoded.text.startsWith(BYTE_ORDER_MARK)
  const text = (marked ? decoded.text.slice(1) : decoded.text).replace(/\r\n?/g, '\n')
  const lines = indexLines(text)
  if (text.startsWith(BYTE_ORDER_MARK)) {
    return refused('character_not_allowed', 'only one byte order mark may begin the file', lines, 0)
  }
  const foreign = NOT_ALLOWED.exec(text)
  if (foreign !== null) {
    const name = (foreign[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    return refused('character_not_allowed', `the character U+${name} is not allowed`, lines, foreign.index)
  }
  const deep = offsetOfExcessNesting(text)
  if (deep !== undefined) {
    return refused(TOO_DEEP.code, TOO_DEEP.message, lines, deep)
  }
  return { ok: true, document: { text, lines } }
}

type Decoded =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly diagnostic: Diagnostic }

function decode(source: Uint8Array | string): Decoded {
  // A string of n units has at least n bytes, so a huge one is refused before it is encoded.
  if (source.length > DOCUMENT_MAX_BYTES) return tooLarge()
  if (typeof source === 'string') {
    const bytes = new TextEncoder().encode(source).length
    return bytes > DOCUMENT_MAX_BYTES ? tooLarge() : { ok: true, text: source }
  }
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(source) }
  } catch {
    return refusedAtStart('not_utf8', 'the file is not valid UTF-8')
  }
}

function tooLarge(): Decoded & { readonly ok: false } {
  return refusedAtStart('too_large', `the file is larger than ${DOCUMENT_MAX_BYTES} bytes`)
}

function refusedAtStart(code: string, message: string): Decoded & { readonly ok: false } {
  return { ok: false, diagnostic: { severity: 'error', code, message, line: 1, column: 1 } }
}

function refused(code: string, message: string, lines: LineIndex, offset: number): DocumentTextResult {
  return { ok: false, diagnostic: { severity: 'error', code, message, ...lines(offset) } }
}
