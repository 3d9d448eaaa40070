import type { CallEvent } from '#pkg/github'

/** A read that went well, but for `parts`. */
export function eventOf(parts: Partial<CallEvent>): CallEvent {
  return {
    appId: '1',
    operation: 'read_file',
    method: 'GET',
    status: 200,
    failure: undefined,
    durationMs: 1,
    installationId: 11,
    quota: undefined,
    retryAfterMs: undefined,
    ...parts,
  }
}
