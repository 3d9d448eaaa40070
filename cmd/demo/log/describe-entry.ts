import type { CheckEntry, ExchangeEntry, LogEntry } from './log-entry.ts'

/** Outcomes are as wide as this, so that what follows them stands in a column. */
const OUTCOME_WIDTH = 22

/** One short line for a line of the log. */
export function describeEntry(entry: LogEntry): string {
  switch (entry.kind) {
    case 'exchange':
      return exchangeLine(entry.exchange)
    case 'check':
      return checkLine(entry.check)
    case 'other':
      return entry.text
  }
}

/** The time of day of an RFC 3339 time, in UTC. */
export function timeOfDay(time: string): string {
  return time.slice(11, 19)
}

function exchangeLine({ time, outcome, scope, identity, who, reason }: ExchangeEntry): string {
  return [
    timeOfDay(time),
    outcome.padEnd(OUTCOME_WIDTH),
    `${scope} as ${identity}`,
    who && `for ${who}`,
    reason && `(${reason})`,
  ]
    .filter(Boolean)
    .join(' ')
}

function checkLine({ time, conclusion, repository, commit, title }: CheckEntry): string {
  const outcome = `check: ${conclusion}`.padEnd(OUTCOME_WIDTH)
  return [timeOfDay(time), outcome, `${repository} at ${commit.slice(0, 7)}`, `(${title})`].join(' ')
}
