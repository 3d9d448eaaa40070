import type { Guide } from '../guide.ts'
import { html, type Html } from './html.ts'

/** Where everything is, and what a visitor can do. */
export function renderGuideSection({ places, policies, exchangeCommand }: Guide): Html {
  return html`<section aria-labelledby="places">
      <h2 id="places">Addresses</h2>
      <dl>
        ${places.map(
          ({ name, url, purpose }) =>
            html` <dt>${name}</dt>
              <dd><a href="${url}">${url}</a> <span class="quiet">${purpose}</span></dd>`,
        )}
      </dl>
    </section>
    <section aria-labelledby="try">
      <h2 id="try">Try it</h2>
      <p>An exchange of your own, for a shell. It shows up below:</p>
      <pre
        tabindex="0"
        role="region"
        aria-label="Command that performs an exchange"
      ><code>${exchangeCommand}</code></pre>
      <p>Change <code>identity</code> or <code>ref</code> in it to see a denial and its reason.</p>
      <p>Edit a policy in <code>${policies}</code>: a saved file counts as a push, and gets a check run.</p>
    </section>`
}
