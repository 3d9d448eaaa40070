import type { CheckEntry, ExchangeEntry, LogEntry } from './log/log-entry.ts'

/** The repository whose policy the probers try, as a scope. */
export const PROBER_SCOPE = 'acme/prober'

/** Entries that are kept of each kind; the oldest go first. */
const EXCHANGES_MAX = 50
const PROBER_EXCHANGES_MAX = 24
const CHECKS_MAX = 20

/** What has happened lately, newest first. */
export interface Activity {
  readonly exchanges: readonly ExchangeEntry[]
  /** Apart from the others, which they would crowd out. */
  readonly proberExchanges: readonly ExchangeEntry[]
  readonly checks: readonly CheckEntry[]
}

/** Keeps what has happened lately. */
export interface ActivityLog extends Activity {
  add(entry: LogEntry): void
}

/** Whether it is an exchange of the probers, going by its scope. */
export function isOfProbers(entry: LogEntry): boolean {
  return entry.kind === 'exchange' && entry.exchange.scope === PROBER_SCOPE
}

export function createActivityLog(): ActivityLog {
  const exchanges: ExchangeEntry[] = []
  const proberExchanges: ExchangeEntry[] = []
  const checks: CheckEntry[] = []
  return {
    exchanges,
    proberExchanges,
    checks,
    add(entry) {
      if (entry.kind === 'check') keepNewest(checks, entry.check, CHECKS_MAX)
      if (entry.kind !== 'exchange') return
      const { exchange } = entry
      if (isOfProbers(entry)) keepNewest(proberExchanges, exchange, PROBER_EXCHANGES_MAX)
      else keepNewest(exchanges, exchange, EXCHANGES_MAX)
    },
  }
}

function keepNewest<T>(list: T[], entry: T, max: number): void {
  list.unshift(entry)
  list.splice(max)
}
