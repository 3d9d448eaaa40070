/** Whether a text has more than `limit` characters (code points), without looking at much more than those. */
export function isLongerThan(text: string, limit: number): boolean {
  if (text.length <= limit) return false
  // A code point is at most two units, so a text that is longer still need not be counted.
  if (text.length > 2 * limit) return true
  return Array.from(text).length > limit
}
