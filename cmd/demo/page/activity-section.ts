import type { Activity } from '../activity.ts'
import type { CheckEntry, ExchangeEntry } from '../log/log-entry.ts'
import { html, type Html } from './html.ts'
import { foreign, foreignCode, renderTable, timeCell, verdict } from './table.ts'

const EXCHANGE_COLUMNS = ['Time (UTC)', 'Outcome', 'Reason', 'Scope', 'Identity', 'Who', 'Request id']
const CHECK_COLUMNS = ['Time (UTC)', 'Conclusion', 'Repository', 'Commit', 'Title']

/** What has happened lately: exchanges and check runs. */
export function renderActivitySection({ exchanges, checks }: Activity): Html {
  return html`<section aria-labelledby="exchanges">
      <h2 id="exchanges">Exchanges</h2>
      ${renderTable({
        id: 'exchanges',
        caption: 'The last exchanges, newest first',
        columns: EXCHANGE_COLUMNS,
        rows: exchanges.map(exchangeCells),
        empty: 'Nobody has asked for a token yet.',
      })}
    </section>
    <section aria-labelledby="checks">
      <h2 id="checks">Checks of policies</h2>
      ${renderTable({
        id: 'checks',
        caption: 'The last check runs, newest first',
        columns: CHECK_COLUMNS,
        rows: checks.map(checkCells),
        empty: 'No policy has been pushed yet.',
      })}
    </section>`
}

/** The exchanges of the probers. */
export function renderProberExchanges({ proberExchanges }: Activity): Html {
  return renderTable({
    id: 'prober-exchanges',
    caption: 'The last exchanges of the probers, newest first',
    columns: EXCHANGE_COLUMNS,
    rows: proberExchanges.map(exchangeCells),
    empty: 'The probers have asked for no token yet.',
  })
}

function exchangeCells(exchange: ExchangeEntry): readonly Html[] {
  const { time, outcome, reason, scope, identity, who, isVerified, userAgent, requestId } = exchange
  const claimed = who !== '' && !isVerified
  return [
    timeCell(time),
    verdict(outcome, outcome === 'OK' ? 'good' : 'bad'),
    foreign(reason),
    foreignCode(scope),
    foreignCode(identity),
    html`${claimed ? 'somebody with a token that names ' : ''}${foreignCode(who)}${
      userAgent === '' ? '' : html` <span class="quiet">by ${foreign(userAgent)}</span>`
    }`,
    foreignCode(requestId),
  ]
}

function checkCells({ time, conclusion, repository, commit, title }: CheckEntry): readonly Html[] {
  return [
    timeCell(time),
    verdict(conclusion, conclusion === 'success' ? 'good' : conclusion === 'failure' ? 'bad' : 'open'),
    foreignCode(repository),
    foreignCode(commit.slice(0, 7)),
    foreign(title),
  ]
}
