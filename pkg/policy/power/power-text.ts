/**
 * A text for people in parts. Plain parts are words of this project; `code` holds a value of a policy as it was
 * written there, which may be long and hold anything: whoever shows it escapes and cuts it.
 */
export type PowerText = readonly (string | { readonly code: string })[]

/** A value of a policy as a part of a text. */
export function code(value: string): PowerText {
  return [{ code: value }]
}

/** `a`, `a and b`, `a, b and c`; the word before the last is `conjunction`. */
export function enumerate(texts: readonly PowerText[], conjunction: 'and' | 'or'): PowerText {
  return texts.flatMap((text, at) => {
    if (at === 0) return text
    return [at === texts.length - 1 ? ` ${conjunction} ` : ', ', ...text]
  })
}

/** Whether two texts would be shown alike. */
export function isSameText(a: PowerText, b: PowerText): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
