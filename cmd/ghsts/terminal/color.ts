/**
 * Whether output may be coloured: on a terminal that is not dumb. `NO_COLOR` with any text forbids it
 * (https://no-color.org); otherwise `FORCE_COLOR` decides, with `0` and `false` for no.
 */
export function mayColor(env: Readonly<Record<string, string | undefined>>, isTTY: boolean): boolean {
  if (env['NO_COLOR']) return false
  const forced = env['FORCE_COLOR']
  if (forced) return forced !== '0' && forced !== 'false'
  return isTTY && env['TERM'] !== 'dumb'
}

/** Select Graphic Rendition: the parameters that begin a style, and those that end it (ECMA-48, section 8.3.117). */
const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const

type Style = keyof typeof STYLES

/** Puts a text into styles. The text must have no escapes of its own. */
export type Paint = (text: string, ...styles: readonly Style[]) => string

/** A paint that leaves text as it is where nothing may be coloured. */
export function createPaint(color: boolean): Paint {
  if (!color) return (text) => text
  return (text, ...styles) =>
    styles.reduce((painted, style) => {
      const [begin, end] = STYLES[style]
      return `\u001b[${begin}m${painted}\u001b[${end}m`
    }, text)
}
