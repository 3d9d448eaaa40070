import { ClientError } from '#pkg/client'
import { StsError } from '#pkg/errors'

import type { ProbeFinding } from './probe-result.ts'

const DETAIL_MAX_CHARACTERS = 300

/** It is as it must be. */
export function passed(detail: string, facts: Partial<ProbeFinding> = {}): ProbeFinding {
  return { ...facts, outcome: 'passed', detail: cut(detail) }
}

/** It is not as it must be. */
export function failed(detail: string, facts: Partial<ProbeFinding> = {}): ProbeFinding {
  return { ...facts, outcome: 'failed', detail: cut(detail) }
}

/** Nothing is proved. */
export function unknown(detail: string, facts: Partial<ProbeFinding> = {}): ProbeFinding {
  return { ...facts, outcome: 'unknown', detail: cut(detail) }
}

/** There is nothing to try it with. */
export function skipped(detail: string): ProbeFinding {
  return { outcome: 'skipped', detail: cut(detail) }
}

/** What must never be possible, was. */
export function incident(detail: string, facts: Partial<ProbeFinding> = {}): ProbeFinding {
  return { ...facts, outcome: 'failed', incident: true, detail: cut(`INCIDENT: ${detail}`) }
}

/** What was thrown, in one line without secrets; of foreign errors nothing but that there was one. */
export function describe(thrown: unknown): string {
  if (thrown instanceof ClientError) return `${codeOf(thrown)}: ${thrown.message}`
  if (thrown instanceof StsError) return `${thrown.code} (${thrown.reason})`
  return 'unexpected error'
}

/** The service's own code, else the gRPC code, else what kind of failure it was. */
export function codeOf({ kind, code, grpcCode }: ClientError): string {
  if (kind !== 'denied') return kind
  return code ?? `gRPC code ${grpcCode ?? 'unknown'}`
}

function cut(text: string): string {
  const points = Array.from(text)
  return points.length <= DETAIL_MAX_CHARACTERS
    ? text
    : `${points.slice(0, DETAIL_MAX_CHARACTERS - 1).join('')}…`
}
