import { shownText } from '../shown-text.ts'

/** An exchange as the demo shows it. All that somebody else wrote is harmless to show. */
export interface ExchangeEntry {
  /** RFC 3339, UTC. */
  readonly time: string
  /** `OK`, or what else the exchange came to. */
  readonly outcome: string
  /** Empty when a token was given. */
  readonly reason: string
  readonly scope: string
  readonly identity: string
  /** The subject of the verified token, else the issuer that a token names which nobody verified. */
  readonly who: string
  /** Whether `who` is proven. */
  readonly isVerified: boolean
  readonly userAgent: string
  readonly requestId: string
}

/** A check run as the demo shows it. All that somebody else wrote is harmless to show. */
export interface CheckEntry {
  /** RFC 3339, UTC. */
  readonly time: string
  readonly repository: string
  readonly commit: string
  readonly conclusion: string
  readonly title: string
}

/** What one line of the log says. */
export type LogEntry =
  | { readonly kind: 'exchange'; readonly exchange: ExchangeEntry }
  | { readonly kind: 'check'; readonly check: CheckEntry }
  | { readonly kind: 'other'; readonly text: string }

/**
 * Reads a line of the log. Undefined for deliveries, whose check runs say it all, and for what a prober found to be as it
 * must be.
 */
export function readLogLine(line: string): LogEntry | undefined {
  const parsed = parse(line)
  const check = objectIn(parsed, 'check')
  if (check !== undefined && textIn(check, 'conclusion') !== '') {
    return { kind: 'check', check: checkEntry(parsed, check) }
  }
  if (objectIn(parsed, 'delivery') !== undefined || objectIn(parsed, 'notice') !== undefined) return undefined
  if (textIn(objectIn(parsed, 'run'), 'outcome') === 'passed') return undefined
  const record = objectIn(parsed, 'record')
  if (record !== undefined) return { kind: 'exchange', exchange: exchangeEntry(record) }
  return { kind: 'other', text: otherText(parsed) || shownText(line.trimEnd()) }
}

function checkEntry(line: Fields | undefined, check: Fields): CheckEntry {
  return {
    time: textIn(line, 'time'),
    repository: textIn(check, 'repository'),
    commit: textIn(check, 'commit'),
    conclusion: textIn(check, 'conclusion'),
    title: textIn(check, 'title'),
  }
}

function exchangeEntry(record: Fields): ExchangeEntry {
  const subject = textIn(objectIn(record, 'actor'), 'sub')
  const problem = textIn(objectIn(record, 'detail'), 'problem')
  return {
    time: textIn(record, 'time'),
    outcome: textIn(record, 'outcome'),
    reason: [textIn(record, 'reason'), problem].filter(Boolean).join(': '),
    scope: textIn(record, 'scope'),
    identity: textIn(record, 'identity'),
    who: subject || textIn(record, 'unverifiedIssuer'),
    isVerified: subject !== '',
    userAgent: textIn(record, 'userAgent'),
    requestId: textIn(record, 'requestId'),
  }
}

/** What the log says besides: its message, with the reason of a refused request, or the step of a prober. */
function otherText(line: Fields | undefined): string {
  const request = objectIn(line, 'request')
  const step = objectIn(line, 'step')
  const why = [
    textIn(request, 'code'),
    textIn(request, 'reason'),
    textIn(step, 'name'),
    textIn(step, 'detail'),
  ]
    .filter(Boolean)
    .join(': ')
  return [textIn(line, 'message'), why && `(${why})`].filter(Boolean).join(' ')
}

type Fields = Readonly<Record<string, unknown>>

function parse(line: string): Fields | undefined {
  try {
    return objectOf(JSON.parse(line))
  } catch {
    return undefined
  }
}

function objectOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined
}

function objectIn(fields: Fields | undefined, name: string): Fields | undefined {
  return objectOf(fields?.[name])
}

function textIn(fields: Fields | undefined, name: string): string {
  const value = fields?.[name]
  return typeof value === 'string' ? shownText(value) : ''
}
