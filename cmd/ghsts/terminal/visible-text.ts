/**
 * Control, format and private characters, line separators, lone surrogates, and what Unicode has not assigned: they
 * steer a terminal, hide text, or turn its direction.
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu

/** The pictures of the 32 control characters of ASCII (U+2400 to U+241F), and that of DEL. */
const CONTROL_PICTURES = 0x2400
const DELETE = 0x7f
const DELETE_PICTURE = '\u2421'

/** Runners of GitHub Actions take it for a command, anywhere in a line of either output. */
const RUNNER_COMMAND = '##['

/**
 * `text` as it can be shown on one line of a terminal: each character that would act there, or that nobody could see,
 * is replaced by a picture or its number. Line breaks and tabs too. It gives no commands to a runner, except where it
 * begins a line with `::`.
 */
export function visible(text: string): string {
  return text.replaceAll(RUNNER_COMMAND, '## [').replace(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0
    if (code < 0x20) return String.fromCodePoint(CONTROL_PICTURES + code)
    return code === DELETE ? DELETE_PICTURE : `<U+${hex(code)}>`
  })
}

/** JSON in which all that is escaped: the same value to a parser, and harmless on a terminal. */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value, undefined, 2).replaceAll(RUNNER_COMMAND, '##\\u005b')
  return json.replace(/[^\n\P{C}]|[\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, at) => `\\u${hex(character.charCodeAt(at))}`).join(''),
  )
}

/** Combining marks, which stand on the character before them. */
const ZERO_WIDTH = /^[\p{Mn}\p{Me}]$/u

/** Characters of two cells, near enough to Unicode's East Asian Width to put a caret under one. */
const WIDE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]$/u

/** How many cells of a terminal `text` takes. It must be visible. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) {
    if (!ZERO_WIDTH.test(character)) width += WIDE.test(character) ? 2 : 1
  }
  return width
}

/** `text`, filled up with spaces to a width in cells. */
export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

function hex(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, '0')
}
