/**
 * Control, format and private characters, lone surrogates, all that Unicode has not assigned or shows as nothing, and all
 * spaces but the usual one: they hide text, or turn its direction.
 */
const UNSEEN = /(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/gu

/** `text` on one line in which every character can be seen. */
export function showAll(text: string): string {
  return text.replace(UNSEEN, nameOf)
}

/** A character by its number, as Unicode writes it. */
export function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
}

/** The first `max` characters (code points) of `text`; a cut shows as an ellipsis. */
export function cutText(text: string, max: number): string {
  // Looked at in part only: a value can be as long as a policy.
  const points = Array.from(text.slice(0, 2 * (max + 1)))
  return points.length <= max ? text : `${points.slice(0, max - 1).join('')}…`
}
