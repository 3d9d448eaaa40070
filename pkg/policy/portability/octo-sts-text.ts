import type { Diagnostic } from '../document/diagnostic.ts'
import { readDocumentText, type DocumentText } from '../document/document-text.ts'

/**
 * A document's text as far as octo-sts's reader takes it: within the limits here (`text`), surely refused there
 * (`rejects`), or not to be told without a parser of its own (`unknown`).
 */
export type OctoStsText =
  | { readonly kind: 'text'; readonly document: DocumentText }
  | { readonly kind: 'rejects' | 'unknown'; readonly diagnostic: Diagnostic }

/** What YAML 1.1 calls printable, as Go's reader checks it, byte order marks too. */
const NOT_PRINTABLE = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u
/** Behind one of these, octo-sts does not read all that follows. */
const DOCUMENT_MARKER = /^(?:---|\.\.\.)/m
/** The first bytes of UTF-16, in either order. */
const UTF16_MARKS: readonly (readonly [number, number])[] = [
  [0xff, 0xfe],
  [0xfe, 0xff],
]

/** Reads the text of a document. What is over the limits here is not read any further. */
export function readOctoStsText(source: Uint8Array | string): OctoStsText {
  const read = readDocumentText(source)
  if (read.ok) return { kind: 'text', document: read.document }
  return { kind: isRefused(source, read.diagnostic) ? 'rejects' : 'unknown', diagnostic: read.diagnostic }
}

function isRefused(source: Uint8Array | string, { code }: Diagnostic): boolean {
  if (code === 'too_large') return false
  const [first, second] = typeof source === 'string' ? [] : source
  if (UTF16_MARKS.some((mark) => mark[0] === first && mark[1] === second)) return false
  const text = typeof source === 'string' ? source : new TextDecoder().decode(source)
  if (DOCUMENT_MARKER.test(text)) return false
  // So deep, nothing is a value that octo-sts knows; only merge keys are not counted as depth.
  if (code === 'nesting_too_deep') return !text.includes('<<')
  return code === 'not_utf8' || NOT_PRINTABLE.test(text)
}
