// Runs in Pub/Sub, on each message of the log sink, so it uses nothing but the language. Terraform takes `export` off.
// https://cloud.google.com/pubsub/docs/smts/udfs-overview

/** Makes the row of `exchange.schema.json` of an entry of the log; null, which drops it, where there is no record. */
export function toRow(message) {
  const { record } = JSON.parse(message.data).jsonPayload ?? {}
  if (record === undefined) return null

  const { actor, policy, installation, issuerList, grant, tokenSha256, outcome } = record
  const row = {
    actor: { iss: actor?.iss ?? '', sub: actor?.sub ?? '', claims: actor?.claims ?? [] },
    trust_policy: policy && trustPolicyOf(policy.policy, record.scope),
    installation_id: installation?.id ?? 0,
    scope: record.scope,
    identity: record.identity,
    user_agent: record.userAgent === '' ? undefined : record.userAgent,
    token_sha256: tokenSha256?.hex ?? '',
    error: errorOf(outcome),
    time: record.time,
    issuer_allowlist: allowlistOf(issuerList, actor),
    code: outcome,
    reason: record.reason,
    detail: pairsOf(record.detail),
    request_id: record.requestId,
    caller_request_id: record.callerRequestId,
    trace_id: record.trace?.traceId,
    transport: record.transport,
    client_address: record.clientAddress,
    unverified_issuer: record.unverifiedIssuer,
    token_id: actor?.jti,
    token_issued_at: dateTimeOf(actor?.iat),
    token_expires_at: dateTimeOf(actor?.exp),
    app_id: installation?.appId,
    policy: policy && {
      source: policy.source,
      blob: policy.blob,
      level: policy.level,
      stale: policy.stale,
    },
    issuer_list: issuerList && {
      source: issuerList.source,
      mode: issuerList.mode,
      listed: issuerList.allowed,
      stale: issuerList.stale,
    },
    granted: grant && {
      permissions: Object.entries(grant.permissions).map(([name, level]) => ({ name, level })),
      repositories: grant.repositories === 'all' ? [] : grant.repositories,
      all_repositories: grant.repositories === 'all',
    },
    expires_at: record.expiresAt === undefined ? undefined : dateTimeOf(Date.parse(record.expiresAt) / 1000),
    token_sha256_base64: tokenSha256?.base64,
    duration_ms: Math.round(record.durationMs),
  }
  return { data: JSON.stringify(row, (_, value) => (typeof value === 'string' ? wellFormed(value) : value)) }
}

function trustPolicyOf(policy, scope) {
  const [, repository] = scope.split('/')
  return {
    ...policy,
    claim_pattern: columnsOf(policy.claim_pattern),
    forbidden_claim_pattern: pairsOf(policy.forbidden_claim_pattern),
    repositories: policy.repositories ?? (repository === undefined ? [] : [repository]),
  }
}

// BigQuery does not regard the case of columns, and takes none twice.
function columnsOf(map) {
  const columns = new Map()
  for (const [name, value] of Object.entries(map ?? {})) {
    const column = wellFormed(name)
    if (!columns.has(column.toLowerCase())) columns.set(column.toLowerCase(), [column, value])
  }
  return columns.size === 0 ? undefined : Object.fromEntries(columns.values())
}

// What warehouses refuse in JSON.
function wellFormed(text) {
  return text.replace(/[\p{Surrogate}\0]/gu, '\u{fffd}')
}

function pairsOf(map) {
  return Object.entries(map ?? {}).map(([name, value]) => ({ name, value: String(value) }))
}

function allowlistOf(list, actor) {
  if (list?.mode === undefined || list.allowed) return undefined
  return { mode: list.mode, allowed: list.mode === 'audit', iss: actor?.iss ?? '' }
}

// The outcome stands for the words: views look at whether there is an error, and at `code`.
function errorOf(outcome) {
  return outcome === 'OK' ? undefined : `rpc error: code = ${outcome}`
}

// A token may claim any number, and a row that cannot be read would not be written.
function dateTimeOf(seconds) {
  if (!(seconds >= 0 && seconds <= 253_402_300_799)) return undefined
  return new Date(seconds * 1000).toISOString()
}
