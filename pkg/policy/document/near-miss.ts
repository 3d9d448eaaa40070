/** Names with fewer letters are near only at edit distance 1. */
const SHORT_NAME_LETTERS = 6

/**
 * The one of `candidates` that `name` was probably meant to be: equal after lower-casing and `-` to `_`, or
 * else the nearest within two edits (one for a name of under six letters). Undefined when none is near.
 */
export function findNearMiss(name: string, candidates: Iterable<string>): string | undefined {
  const limit = name.length < SHORT_NAME_LETTERS ? 1 : 2
  const normalized = normalize(name)
  let nearest: string | undefined
  let nearestDistance = limit + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - normalized.length) > limit) continue
    const distance = editDistance(normalized, normalize(candidate))
    if (distance < nearestDistance) {
      nearest = candidate
      nearestDistance = distance
    }
  }
  return nearest
}

function normalize(name: string): string {
  return name.toLowerCase().replaceAll('-', '_')
}

/** Levenshtein: insertions, deletions and replacements of one character. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      const deleted = (previous[column] ?? 0) + 1
      const inserted = (current[column - 1] ?? 0) + 1
      current.push(Math.min(replaced, deleted, inserted))
    }
    previous = current
  }
  return previous[b.length] ?? a.length
}
