import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { StsError } from '#pkg/errors'
import { codeOf } from './resolve-host.ts'

/** The largest document that is read, as sent and as decoded. */
export const DOCUMENT_MAX_BYTES = 100 * 1024

type Decode = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>

/** HTTP content codings (RFC 9110, section 8.4.1) that are understood, beside none. */
const DECODERS: ReadonlyMap<string, Decode> = new Map([
  ['gzip', promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip)],
  ['x-gzip', promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip)],
  ['deflate', promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate)],
  ['br', promisify<Buffer, { maxOutputLength: number }, Buffer>(brotliDecompress)],
])

/**
 * Reads a body to its end and decodes it. Stops at {@link DOCUMENT_MAX_BYTES}, counted as they come in
 * and again as they come out of the decoder, whatever `Content-Length` says.
 *
 * @param encoding - the `Content-Encoding`; undefined: none.
 * @throws StsError `issuer_document_too_large`, `issuer_document_malformed`; what `chunks` throws.
 */
export async function readBody(chunks: AsyncIterable<Buffer>, encoding: string | undefined): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  for await (const chunk of chunks) {
    length += chunk.length
    if (length > DOCUMENT_MAX_BYTES) throw new StsError('issuer_document_too_large')
    parts.push(chunk)
  }
  const body = Buffer.concat(parts)
  const coding = encoding?.trim().toLowerCase() ?? ''
  if (coding === '' || coding === 'identity') return body
  const decode = DECODERS.get(coding)
  if (decode === undefined) throw new StsError('issuer_document_malformed')
  try {
    return await decode(body, { maxOutputLength: DOCUMENT_MAX_BYTES })
  } catch (thrown) {
    const tooLarge = codeOf(thrown) === 'ERR_BUFFER_TOO_LARGE'
    throw new StsError(tooLarge ? 'issuer_document_too_large' : 'issuer_document_malformed')
  }
}
