import { parseScope, type Claims, type JudgeRequest } from '#pkg/policy'

/** A line as asked; `id` is undefined when the line has none, or none that could be read. */
export type LineRequest =
  | { readonly ok: true; readonly id: unknown; readonly request: JudgeRequest; readonly hasTokens: boolean }
  | { readonly ok: false; readonly id: unknown; readonly error: string }

type JsonObject = Readonly<Record<string, unknown>>

const LEVELS = ['repository', 'organization', 'issuer-list'] as const

/** Reads one line of input. Never throws, and quotes nothing of the line. Optional members may be null. */
export function readLineRequest(line: Uint8Array): LineRequest {
  const row = readRow(line)
  if (!row.ok) return { ok: false, id: undefined, error: row.error }
  const { id, policy, domain, repo, allow_loopback_issuers: allowLoopback, tokens } = row.value
  if (isInexact(id)) {
    return {
      ok: false,
      id: undefined,
      error: 'id is a number that cannot be repeated exactly: write it as a string',
    }
  }
  const fail = (error: string): LineRequest => ({ ok: false, id, error })
  const level = LEVELS.find((name) => name === row.value['level'])
  if (level === undefined) return fail(`level must be one of ${LEVELS.join(', ')}`)
  if (typeof policy !== 'string') return fail('policy must be a string')
  if (isGiven(domain) && typeof domain !== 'string') return fail('domain must be a string')
  if (isGiven(repo) && (typeof repo !== 'string' || parseScope(repo)?.repository === undefined)) {
    return fail('repo must be a string of the form owner/name')
  }
  if (isGiven(allowLoopback) && typeof allowLoopback !== 'boolean') {
    return fail('allow_loopback_issuers must be true or false')
  }
  if (isGiven(tokens) && !isListOfObjects(tokens)) return fail('tokens must be a list of objects of claims')
  return {
    ok: true,
    id,
    hasTokens: isGiven(tokens),
    request: {
      level,
      document: policy,
      tokens: tokens ?? [],
      domain: domain ?? undefined,
      repository: repo ?? undefined,
      allowLoopback: allowLoopback ?? undefined,
    },
  }
}

type Row = { readonly ok: true; readonly value: JsonObject } | { readonly ok: false; readonly error: string }

function readRow(line: Uint8Array): Row {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line)
  } catch {
    return { ok: false, error: 'the line is not UTF-8' }
  }
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? { ok: true, value } : { ok: false, error: 'the line is not an object' }
  } catch {
    return { ok: false, error: text.trim() === '' ? 'the line is empty' : 'the line is not JSON' }
  }
}

/** From 2^53 on, what JSON.parse gives may be a neighbour of what was written. */
function isInexact(id: unknown): boolean {
  return (
    typeof id === 'number' && (!Number.isFinite(id) || (Number.isInteger(id) && !Number.isSafeInteger(id)))
  )
}

function isGiven<T>(value: T): value is T & {} {
  return value !== undefined && value !== null
}

function isListOfObjects(value: unknown): value is readonly Claims[] {
  return Array.isArray(value) && value.every(isObject)
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
