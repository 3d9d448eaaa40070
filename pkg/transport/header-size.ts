/**
 * The bytes of a request's headers, names and values in turn, with `overhead` for each pair. Node counts
 * otherwise (names and values alone over HTTP/1.1; over HTTP/2 only once its limit is acknowledged).
 */
export function headerBytes(rawHeaders: readonly string[], overhead: number): number {
  let bytes = (rawHeaders.length / 2) * overhead
  for (const text of rawHeaders) bytes += text.length
  return bytes
}
