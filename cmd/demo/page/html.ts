/** What may stand in a template: text and numbers are escaped, markup is not. */
export type HtmlPart = string | number | Html | readonly Html[]

/** Markup that {@link html} made. A class, so that nothing else can pass for it. */
export class Html {
  readonly #markup: string

  constructor(strings: readonly string[], parts: readonly HtmlPart[]) {
    this.#markup = strings.map((text, index) => text + markupOf(parts[index] ?? '')).join('')
  }

  toString(): string {
    return this.#markup
  }
}

/**
 * Markup from a template, for elements and for attribute values in double quotes. Every part is escaped, unless it came
 * from here itself.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return new Html(strings, parts)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function markupOf(part: HtmlPart): string {
  if (part instanceof Html) return part.toString()
  if (typeof part === 'object') return part.map(markupOf).join('')
  return String(part).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
}
