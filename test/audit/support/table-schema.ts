import { readFileSync } from 'node:fs'

/**
 * A column of a table. https://docs.cloud.google.com/bigquery/docs/schemas#creating_a_JSON_schema_file
 */
export interface Column {
  readonly name: string
  readonly type: 'STRING' | 'BOOLEAN' | 'INTEGER' | 'NUMERIC' | 'TIMESTAMP' | 'RECORD'
  readonly mode: 'NULLABLE' | 'REPEATED'
  readonly fields?: readonly Column[]
}

/** The columns that deployments make the table of. */
export const COLUMNS = JSON.parse(
  readFileSync(new URL('../../../iac/modules/recorder/exchange.schema.json', import.meta.url), 'utf8'),
) as readonly Column[]

/** Path, type and mode of each column, the outer one before those in it. */
export function linesOf(columns: readonly Column[], prefix = ''): readonly string[] {
  return columns.flatMap(({ name, type, mode, fields = [] }) => [
    `${prefix}${name} ${type} ${mode}`,
    ...linesOf(fields, `${prefix}${name}.`),
  ])
}

/** Records whose names are chosen by the author of a policy: what has no column is left out of the table. */
const OPEN_RECORDS: ReadonlySet<string> = new Set(['trust_policy.claim_pattern', 'trust_policy.permissions'])

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z$/

/** Why a row would not load as the table's, path by path; empty when it would. */
export function problemsOf(row: object, columns: readonly Column[], prefix = ''): readonly string[] {
  const problems: string[] = []
  const seen = new Set<string>()
  for (const [name, value] of Object.entries(row)) {
    const path = `${prefix}${name}`
    if (seen.has(name.toLowerCase())) problems.push(`${path}: twice`)
    seen.add(name.toLowerCase())
    const column = columns.find((other) => other.name === name)
    if (column !== undefined) problems.push(...problemsOfValue(value, column, path))
    else if (!OPEN_RECORDS.has(prefix.slice(0, -1))) problems.push(`${path}: no such column`)
  }
  return problems
}

function problemsOfValue(value: unknown, column: Column, path: string): readonly string[] {
  if (column.mode === 'REPEATED') {
    if (!Array.isArray(value)) return [`${path}: not a list`]
    return value.flatMap((item: unknown, index) => problemsOfItem(item, column, `${path}.${index}`))
  }
  return value === null ? [] : problemsOfItem(value, column, path)
}

function problemsOfItem(value: unknown, { type, fields = [] }: Column, path: string): readonly string[] {
  if (type === 'RECORD') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}: not a record`]
    return problemsOf(value, fields, `${path.replaceAll(/\.\d+/g, '')}.`)
  }
  return isOfType(value, type) ? [] : [`${path}: not of type ${type}`]
}

function isOfType(value: unknown, type: Exclude<Column['type'], 'RECORD'>): boolean {
  switch (type) {
    case 'STRING':
      return typeof value === 'string' && value.isWellFormed() && !value.includes('\0')
    case 'BOOLEAN':
      return typeof value === 'boolean'
    case 'INTEGER':
    case 'NUMERIC':
      return Number.isSafeInteger(value)
    case 'TIMESTAMP':
      return typeof value === 'string' && DATE_TIME.test(value) && !Number.isNaN(Date.parse(value))
  }
}
