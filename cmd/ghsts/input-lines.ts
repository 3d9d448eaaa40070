const LINE_FEED = 0x0a

/** One line without its line feed, or that it was too long and has been skipped. */
export type InputLine =
  | {
      readonly ok: true
      /** Valid until the next line is asked for. */
      readonly bytes: Uint8Array
    }
  | { readonly ok: false }

/**
 * Splits a stream at line feeds and nothing else; the last line needs none. Holds `maxBytes` at most beside one chunk
 * of the stream, however long a line is and in how many pieces it comes.
 */
export async function* splitLines(
  input: AsyncIterable<Uint8Array | string>,
  maxBytes: number,
): AsyncGenerator<InputLine> {
  /** The beginning of a line that goes on in the next chunk. Grows by doubling. */
  let begun = new Uint8Array(0)
  /** Bytes of it; beyond `maxBytes` they are counted and not kept. */
  let length = 0
  const keep = (part: Uint8Array): void => {
    const needed = length + part.length
    if (needed <= maxBytes) {
      if (needed > begun.length) {
        const larger = new Uint8Array(Math.min(maxBytes, 2 * needed))
        larger.set(begun.subarray(0, length))
        begun = larger
      }
      begun.set(part, length)
    }
    length = needed
  }
  const finish = (): InputLine => {
    const line: InputLine = length > maxBytes ? { ok: false } : { ok: true, bytes: begun.subarray(0, length) }
    length = 0
    return line
  }
  for await (const chunk of input) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    let start = 0
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      keep(bytes.subarray(start, end))
      yield finish()
      start = end + 1
    }
    if (start < bytes.length) keep(bytes.subarray(start))
  }
  if (length > 0) yield finish()
}
