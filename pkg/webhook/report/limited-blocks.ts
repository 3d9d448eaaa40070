/**
 * Blocks of Markdown, joined, as far as they fit into `maxBytes` of UTF-8; when some do not, `rest` says so, for how
 * many. Blocks are taken in their order, and none after the first that does not fit.
 */
export function joinWithin(
  blocks: readonly string[],
  { maxBytes, separator, rest }: { maxBytes: number; separator: string; rest: (left: number) => string },
): string {
  const noteBytes = byteLength(separator + rest(blocks.length))
  const taken: string[] = []
  let bytes = 0
  for (const [index, block] of blocks.entries()) {
    const isLast = index === blocks.length - 1
    const more = byteLength(block) + (taken.length === 0 ? 0 : byteLength(separator))
    if (bytes + more > maxBytes - (isLast ? 0 : noteBytes)) {
      return [...taken, rest(blocks.length - index)].join(separator)
    }
    taken.push(block)
    bytes += more
  }
  return taken.join(separator)
}

function byteLength(text: string): number {
  return Buffer.byteLength(text)
}
