import type { ErrorCode } from './code.ts'

/**
 * Every way in which an exchange can end without a token, and the code its caller sees.
 *
 * This is the one map from reasons to the wire. The reason itself goes to the log, the metric label,
 * the record and the explanations shown to people; so a reason names a cause, never a value.
 */
export const CODE_OF_REASON = {
  // step 1: request
  scope_missing: 'INVALID_REQUEST',
  scope_repeated: 'INVALID_REQUEST',
  scope_malformed: 'INVALID_REQUEST',
  identity_missing: 'INVALID_REQUEST',
  identity_malformed: 'INVALID_REQUEST',
  field_repeated: 'INVALID_REQUEST',
  body_malformed: 'INVALID_REQUEST',
  bearer_missing: 'TOKEN_MISSING',
  bearer_repeated: 'TOKEN_MISSING',

  // steps 2 and 3: issuer and token
  token_too_large: 'TOKEN_MALFORMED',
  token_not_compact: 'TOKEN_MALFORMED',
  token_header_malformed: 'TOKEN_MALFORMED',
  token_payload_malformed: 'TOKEN_MALFORMED',
  issuer_missing: 'TOKEN_MALFORMED',
  issuer_syntax: 'ISSUER_INVALID',
  issuer_not_on_server_list: 'ISSUER_NOT_ALLOWED',
  issuer_address_refused: 'ISSUER_REJECTED',
  issuer_redirect_refused: 'ISSUER_REJECTED',
  issuer_status: 'ISSUER_REJECTED',
  issuer_document_too_large: 'ISSUER_REJECTED',
  issuer_document_malformed: 'ISSUER_REJECTED',
  issuer_document_mismatch: 'ISSUER_REJECTED',
  issuer_key_set_uri_refused: 'ISSUER_REJECTED',
  issuer_key_set_unusable: 'ISSUER_REJECTED',
  issuer_network: 'ISSUER_UNREACHABLE',
  issuer_timeout: 'ISSUER_UNREACHABLE',
  issuer_unavailable: 'ISSUER_UNREACHABLE',
  token_algorithm_refused: 'TOKEN_INVALID',
  token_critical_header: 'TOKEN_INVALID',
  token_key_unknown: 'TOKEN_INVALID',
  token_signature: 'TOKEN_INVALID',
  token_expired: 'TOKEN_INVALID',
  token_lives_too_long: 'TOKEN_INVALID',
  token_not_yet_valid: 'TOKEN_INVALID',
  token_claims_malformed: 'TOKEN_INVALID',
  token_subject_syntax: 'TOKEN_INVALID',
  token_audience_syntax: 'TOKEN_INVALID',

  // steps 4 and 5: pool and installation
  owner_not_allowed: 'APP_NOT_CONFIGURED',
  app_pool_missing: 'APP_NOT_CONFIGURED',
  installation_missing: 'INSTALLATION_NOT_FOUND',
  installation_suspended: 'INSTALLATION_NOT_FOUND',

  // steps 6 and 7: the organization's issuer list, the trust policy
  issuer_not_on_organization_list: 'ISSUER_NOT_ALLOWED',
  issuer_list_invalid: 'ISSUER_LIST_INVALID',
  issuer_list_required: 'ISSUER_LIST_INVALID',
  policy_missing: 'POLICY_NOT_FOUND',
  policy_invalid: 'POLICY_INVALID',

  // step 8: match
  issuer_mismatch: 'POLICY_MISMATCH',
  subject_mismatch: 'POLICY_MISMATCH',
  audience_mismatch: 'POLICY_MISMATCH',
  claim_mismatch: 'POLICY_MISMATCH',
  claim_forbidden: 'POLICY_MISMATCH',
  lifetime_exceeded: 'POLICY_MISMATCH',
  origin_mismatch: 'POLICY_MISMATCH',

  // steps 9 and 10: grant and mint
  permission_not_granted: 'PERMISSION_NOT_GRANTED',
  grant_exceeded: 'GRANT_EXCEEDED',
  github_rate_limited: 'RATE_LIMITED',
  miss_budget_spent: 'RATE_LIMITED',
  github_network: 'UPSTREAM_UNAVAILABLE',
  github_timeout: 'UPSTREAM_UNAVAILABLE',
  github_unavailable: 'UPSTREAM_UNAVAILABLE',
  github_answer_malformed: 'UPSTREAM_UNAVAILABLE',
  github_refused: 'UPSTREAM_UNAVAILABLE',
  app_key_refused: 'UPSTREAM_UNAVAILABLE',
  app_key_unavailable: 'UPSTREAM_UNAVAILABLE',
  secret_unavailable: 'UPSTREAM_UNAVAILABLE',
  mint_unknown: 'UPSTREAM_UNAVAILABLE',

  // step 11: record
  audit_refused: 'AUDIT_UNAVAILABLE',
  identity_token_unavailable: 'UPSTREAM_UNAVAILABLE',

  // any step
  store_unavailable: 'UPSTREAM_UNAVAILABLE',
  refresh_unsupported: 'UNIMPLEMENTED',
  deadline_passed: 'DEADLINE_EXCEEDED',
  caller_gone: 'DEADLINE_EXCEEDED',
  overloaded: 'RATE_LIMITED',
  unexpected: 'INTERNAL',
} as const satisfies Record<string, ErrorCode>

/** Why an exchange ended without a token. Bounded, so it may label a metric. */
export type Reason = keyof typeof CODE_OF_REASON
