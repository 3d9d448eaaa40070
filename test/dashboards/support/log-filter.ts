/** What a line of the log is, or anything in it. */
type Fields = Readonly<Record<string, unknown>>

/**
 * Whether a line fits a filter of Cloud Logging, of which this reads comparisons of fields, AND, OR and parentheses.
 * https://docs.cloud.google.com/logging/docs/view/logging-query-language
 */
export function matches(filter: string, line: Fields): boolean {
  const tokens = filter.match(/\(|\)|\bAND\b|\bOR\b|jsonPayload[\w.]+|[=<>]+|"[^"]*"|[\w.]+/g) ?? []
  let at = 0

  function any(): boolean {
    let result = all()
    while (tokens[at] === 'OR') {
      at += 1
      result = all() || result
    }
    return result
  }
  function all(): boolean {
    let result = one()
    while (tokens[at] === 'AND') {
      at += 1
      result = one() && result
    }
    return result
  }
  function one(): boolean {
    if (tokens[at] !== '(') return comparison()
    at += 1
    const result = any()
    at += 1
    return result
  }
  function comparison(): boolean {
    const [path = '', operator, operand = ''] = tokens.slice(at, at + 3)
    at += 3
    const value = fieldOf(line, path.replace(/^jsonPayload\./, ''))
    if (operator === '=') return value !== undefined && JSON.stringify(value) === operand
    if (operator === '>') return typeof value === 'number' && value > Number(operand)
    throw new Error(`This cannot be read: ${path}${operator ?? ''}`)
  }
  const result = any()
  if (at !== tokens.length) throw new Error(`This cannot be read: ${filter}`)
  return result
}

/** The value at a path such as `record.actor.iss`; undefined when there is none. */
export function fieldOf(line: Fields, path: string): unknown {
  let value: unknown = line
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Object.entries(value).find(([key]) => key === name)?.[1]
  }
  return value
}
