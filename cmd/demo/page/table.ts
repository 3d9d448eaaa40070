import { html, type Html } from './html.ts'

/** A table of the page. */
export interface Table {
  /** Of the heading of its section; the caption's id is made of it. */
  readonly id: string
  readonly caption: string
  readonly columns: readonly string[]
  /** One row each, the first cell its head. */
  readonly rows: readonly (readonly Html[])[]
  /** Stands in its place while it has no rows. */
  readonly empty: string
}

/** A table that scrolls by itself where the window is narrower, by keyboard too. */
export function renderTable({ id, caption, columns, rows, empty }: Table): Html {
  if (rows.length === 0) return html`<p class="quiet">${empty}</p>`
  return html`<div class="scroll" role="region" aria-labelledby="${id}-caption" tabindex="0">
    <table>
      <caption id="${id}-caption">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col">${column}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(renderRow)}
      </tbody>
    </table>
  </div>`
}

function renderRow(cells: readonly Html[]): Html {
  const [head, ...others] = cells
  return html` <tr>
    <th scope="row">${head ?? ''}</th>
    ${others.map((cell) => html`<td>${cell}</td>`)}
  </tr>`
}

/** Text that somebody else wrote: its direction does not reach what stands beside it. */
export function foreign(text: string): Html {
  return html`<bdi>${text}</bdi>`
}

/** The same, as code. */
export function foreignCode(text: string): Html {
  return html`<code><bdi>${text}</bdi></code>`
}

/** A time of an RFC 3339 text, as the time of day in UTC. */
export function timeCell(time: string): Html {
  return html`<time datetime="${time}">${time.slice(11, 19)}</time>`
}

/** A verdict: its word says it, the color only helps. */
export function verdict(word: string, kind: 'good' | 'bad' | 'open'): Html {
  return html`<span class="${kind}">${word}</span>`
}
