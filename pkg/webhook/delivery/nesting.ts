const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b])
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d])

/** Whether the lists and objects of a JSON text are nested deeper than `max`. The text need not be valid. */
export function isNestedDeeper(json: string, max: number): boolean {
  let depth = 0
  let inString = false
  for (let at = 0; at < json.length; at += 1) {
    const unit = json.charCodeAt(at)
    if (inString) {
      if (unit === BACKSLASH) at += 1
      else if (unit === QUOTE) inString = false
    } else if (unit === QUOTE) inString = true
    else if (OPENING.has(unit)) {
      depth += 1
      if (depth > max) return true
    } else if (CLOSING.has(unit)) depth -= 1
  }
  return false
}
