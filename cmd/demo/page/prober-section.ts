import type { ProbeResult, ProbeStep } from '#pkg/prober'
import type { Activity } from '../activity.ts'
import { shownText } from '../shown-text.ts'
import { renderProberExchanges } from './activity-section.ts'
import { html, type Html } from './html.ts'
import { foreign, foreignCode, renderTable, timeCell, verdict } from './table.ts'

/** A prober, and what its last run found; undefined before the first has ended. */
export interface ProberState {
  readonly name: string
  readonly purpose: string
  readonly result: ProbeResult | undefined
}

const KINDS = { passed: 'good', failed: 'bad', unknown: 'open', skipped: 'open' } as const
const COLUMNS = ['Step', 'Outcome', 'What was seen', 'Took', 'Request id']

/** What the probers found last, step by step. */
export function renderProberSection(probers: readonly ProberState[], activity: Activity): Html {
  return html`<section aria-labelledby="probers">
    <h2 id="probers">Probers</h2>
    <p>They try the service again and again, as its users and as those who must get nothing.</p>
    ${probers.map(renderProber)}
    <h3>Their exchanges</h3>
    ${renderProberExchanges(activity)}
  </section>`
}

function renderProber({ name, purpose, result }: ProberState): Html {
  return html`<h3 id="${name}">${name}</h3>
    <p>${purpose}. ${result === undefined ? '' : renderOutcome(result)}</p>
    ${renderTable({
      id: name,
      caption: `The steps of the last run of the ${name}`,
      columns: COLUMNS,
      rows: result?.steps.map(stepCells) ?? [],
      empty: 'Its first run has not ended yet.',
    })} `
}

function renderOutcome({ outcome, startedAt, durationMs }: ProbeResult): Html {
  return html`Last run at ${timeCell(startedAt)} UTC, ${Math.round(durationMs)} ms:
  ${verdict(outcome, KINDS[outcome])}.`
}

function stepCells({ name, outcome, detail, durationMs, requestId = '' }: ProbeStep): readonly Html[] {
  return [
    html`<code>${name}</code>`,
    verdict(outcome, KINDS[outcome]),
    foreign(shownText(detail)),
    html`${Math.round(durationMs)} ms`,
    foreignCode(shownText(requestId)),
  ]
}
