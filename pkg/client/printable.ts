const TEXT_MAX_CHARACTERS = 1_024
const REDACTED = '[redacted]'

/** A secret that is shorter is a placeholder, and would be found in ordinary words. */
const SECRET_MIN_CHARACTERS = 16

/** Controls, formatting (bidirectional overrides, zero width), line separators, lone surrogates, no characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu

/**
 * What a server says, safe to show on a terminal and in the log of a workflow: one line, cut at 1,024 characters,
 * `secret` taken out.
 *
 * A runner of GitHub Actions takes `##[name]` for a command wherever it stands in a line of either output, and `::`
 * at its beginning; so the first is broken up here, and no line may begin with this text.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
export function printable(text: string, secret: string): string {
  const clean = (secret.length < SECRET_MIN_CHARACTERS ? text : text.replaceAll(secret, REDACTED))
    .slice(0, 2 * TEXT_MAX_CHARACTERS)
    .replace(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
    .replaceAll('##[', '## [')
  const points = Array.from(clean)
  return points.length <= TEXT_MAX_CHARACTERS
    ? clean
    : `${points.slice(0, TEXT_MAX_CHARACTERS - 1).join('')}…`
}
