/**
 * The closed set of error codes that callers see, each with its one message.
 *
 * A message never depends on the request (POLICY_MISMATCH fills a fixed template, see `denial.ts`),
 * so it is safe to show to anyone; what happened in detail goes to the log and the record.
 */
export const MESSAGES = {
  INVALID_REQUEST:
    'the request is not valid: one scope (owner or owner/repository) and one identity are required',
  TOKEN_MISSING: 'exactly one bearer token is required in the authorization header',
  TOKEN_MALFORMED: 'the bearer token is not a well-formed JWT',
  ISSUER_INVALID: 'the issuer of the token is not a valid issuer URL',
  ISSUER_NOT_ALLOWED: 'the issuer of the token is not allowed here',
  ISSUER_UNREACHABLE: 'the keys of the token issuer could not be fetched; try again later',
  ISSUER_REJECTED: 'the token issuer does not publish a usable OpenID Connect configuration',
  TOKEN_INVALID: 'the bearer token could not be verified',
  APP_NOT_CONFIGURED: 'no GitHub App is configured for this owner',
  INSTALLATION_NOT_FOUND: 'no installation found for this scope',
  POLICY_NOT_FOUND: 'unable to find trust policy for this scope and identity',
  POLICY_INVALID: 'the trust policy for this identity is not valid',
  POLICY_MISMATCH: 'the token does not satisfy the trust policy',
  PERMISSION_NOT_GRANTED:
    'GitHub refused the grant: the App lacks a permission or a repository that the policy names',
  GRANT_EXCEEDED:
    'GitHub returned a token that exceeds the grant; it is not handed out, and is being revoked',
  ISSUER_LIST_INVALID: "the organization's list of trusted issuers cannot be used",
  RATE_LIMITED: 'a rate limit is exhausted; try again later',
  UPSTREAM_UNAVAILABLE: 'GitHub could not be reached or did not answer as expected; try again later',
  AUDIT_UNAVAILABLE: 'the exchange could not be recorded; no token was issued',
  UNIMPLEMENTED: 'refresh tokens are not supported',
  DEADLINE_EXCEEDED: 'the deadline of the request passed',
  INTERNAL: 'internal error',
} as const

/** What went wrong, in the words of the wire. The status that each maps to is in `#pkg/wire`. */
export type ErrorCode = keyof typeof MESSAGES
