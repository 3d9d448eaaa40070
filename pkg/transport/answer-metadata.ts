import type { ExchangeOutcome } from '#pkg/exchange'

/** A value that is longer is cut at the end of an entry: clients bound what headers they read. */
const HEADER_VALUE_MAX_CHARACTERS = 1_024
const CUT_MARK = '...'

/**
 * What the answer's message has no field for, for JSON's headers and gRPC's trailing metadata alike:
 * printable ASCII, bounded, and nothing of the token.
 */
export function grantMetadata(
  grant: Extract<ExchangeOutcome, { ok: true }>,
): Readonly<Record<'sts-permissions' | 'sts-repositories' | 'sts-policy', string>> {
  const permissions = Object.entries(grant.permissions)
    .map(([name, level]) => `${name}=${level}`)
    .sort()
  return {
    'sts-permissions': headerList(permissions),
    'sts-repositories': grant.repositories === undefined ? '*' : headerList(grant.repositories),
    'sts-policy': headerList([`${grant.policy.path}@${grant.policy.blob}`]),
  }
}

function headerList(entries: readonly string[]): string {
  const kept: string[] = []
  let length = 0
  for (const entry of entries.map((text) => text.replace(/[^\x21-\x7e]/g, '?'))) {
    length += entry.length + 1
    if (length > HEADER_VALUE_MAX_CHARACTERS - CUT_MARK.length) {
      kept.push(CUT_MARK)
      break
    }
    kept.push(entry)
  }
  return kept.join(',')
}
