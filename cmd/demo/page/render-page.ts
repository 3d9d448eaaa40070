import type { Activity } from '../activity.ts'
import type { Guide } from '../guide.ts'
import { renderActivitySection } from './activity-section.ts'
import { renderGuideSection } from './guide-section.ts'
import { html } from './html.ts'
import { renderProberSection, type ProberState } from './prober-section.ts'
import { timeCell } from './table.ts'

/** All that the page shows. */
export interface PageContent {
  readonly guide: Guide
  readonly activity: Activity
  readonly probers: readonly ProberState[]
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** The page, whole and readable without any script. */
export function renderPage({ guide, activity, probers, now }: PageContent, isStill: boolean): string {
  const reload = isStill
    ? html`It stays as it is. <a href="/still">Load it again</a> or <a href="/">keep it up to date</a>.`
    : html`It keeps itself up to date. <a href="/still">Hold it still</a>.`
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>github-sts demo</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <header>
          <h1>github-sts demo</h1>
          <p>
            A security token service for GitHub, with a GitHub and an OIDC issuer of its own on this machine.
          </p>
          <p class="quiet">This page shows ${timeCell(new Date(now).toISOString())} UTC. ${reload}</p>
        </header>
        <main>
          ${renderGuideSection(guide)} ${renderActivitySection(activity)}
          ${renderProberSection(probers, activity)}
        </main>
      </body>
    </html> `.toString()
}
