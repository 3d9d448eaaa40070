/** The lines that positions count, none for what is not UTF-8. */
export function linesOf(bytes: Uint8Array): readonly string[] {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).split(/\r\n?|\n/)
  } catch {
    return []
  }
}
