import type { PowerDifference, PowerText } from '#pkg/policy'

/** A text with its values in back quotes. */
export function showText(text: PowerText): string {
  return text.map((part) => (typeof part === 'string' ? part : `\`${part.code}\``)).join('')
}

/** The changes as `effect field text`. */
export function showChanges({ changes }: PowerDifference): readonly string[] {
  return changes.map(({ effect, field, text }) => `${effect} ${field}: ${showText(text)}`)
}
