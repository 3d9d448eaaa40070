/**
 * Turns the log into one short line for each exchange and each check run; other lines stay as they are. Undefined
 * for deliveries, whose check runs say it all.
 */
export function describeLogLine(line: string): string | undefined {
  const parsed = parse(line)
  const check = objectIn(parsed, 'check')
  if (check !== undefined && textIn(check, 'conclusion') !== '') return checkLine(parsed, check)
  if (objectIn(parsed, 'delivery') !== undefined || objectIn(parsed, 'notice') !== undefined) return undefined
  const record = objectIn(parsed, 'record')
  if (record === undefined) return withoutRecord(parsed) || line.trimEnd()
  const what = `${textIn(record, 'scope')} as ${textIn(record, 'identity')}`
  const who = textIn(objectIn(record, 'actor'), 'sub') || textIn(record, 'unverifiedIssuer')
  const why = [textIn(record, 'reason'), textIn(objectIn(record, 'detail'), 'problem')]
    .filter(Boolean)
    .join(': ')
  return [
    textIn(record, 'time').slice(11, 19),
    textIn(record, 'outcome').padEnd(22),
    what,
    who && `for ${who}`,
    why && `(${why})`,
  ]
    .filter(Boolean)
    .join(' ')
}

function checkLine(line: Fields | undefined, check: Fields): string {
  const place = `${textIn(check, 'repository')} at ${textIn(check, 'commit').slice(0, 7)}`
  const outcome = `check: ${textIn(check, 'conclusion')}`.padEnd(22)
  return [textIn(line, 'time').slice(11, 19), outcome, place, `(${textIn(check, 'title')})`].join(' ')
}

/** What the log says besides: its message, and the reason of a request that was refused for its form. */
function withoutRecord(parsed: Fields | undefined): string {
  const { reason, code } = objectIn(parsed, 'request') ?? {}
  const why = [code, reason].filter((part) => typeof part === 'string').join(': ')
  return [textIn(parsed, 'message'), why && `(${why})`].filter(Boolean).join(' ')
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
  return typeof value === 'string' ? value : ''
}
