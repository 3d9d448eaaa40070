import { isUtf8 } from 'node:buffer'
import { StsError } from '#pkg/errors'

/**
 * Parses a JSON document that an issuer served.
 *
 * @throws StsError `issuer_document_malformed`; without the parser's message, which quotes the document.
 */
export function parseDocument(body: Buffer): unknown {
  if (!isUtf8(body)) throw new StsError('issuer_document_malformed')
  try {
    return JSON.parse(body.toString('utf8')) as unknown
  } catch {
    throw new StsError('issuer_document_malformed')
  }
}
