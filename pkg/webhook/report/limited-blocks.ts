/**
 * Blocks of Markdown, joined, as far as they fit into `maxBytes` of UTF-8; when some do not, `rest` says so, for how
 * many. Blocks are taken in their order, and none after the first that does not fit.
 */
export function joinWithin(
  blocks: readonly string[],
  { maxBytes, separator, rest }: { maxBytes: number; separator: string; rest: (left: number) => string },
): string {
  const whole = blocks.join(separator)
  if (Buffer.byteLength(whole) <= maxBytes) return whole
  const separatorBytes = Buffer.byteLength(separator)
  const taken: string[] = []
  // The number of those that are left is longest when it is all of them.
  let room = maxBytes - Buffer.byteLength(rest(blocks.length))
  for (const block of blocks) {
    room -= Buffer.byteLength(block) + separatorBytes
    if (room < 0) break
    taken.push(block)
  }
  return [...taken, rest(blocks.length - taken.length)].join(separator)
}
