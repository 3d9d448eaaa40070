import { StsError } from '#pkg/errors'
import { isIdentity, parseScope, type Scope } from '#pkg/policy'
import type { ExchangeCall } from './exchange-call.ts'

/** A request whose shape is right. Nothing in it is verified. */
export interface ExchangeRequest {
  readonly bearer: string
  readonly scope: Scope
  readonly identity: string
}

/**
 * Step 1: exactly one bearer token, one scope, one identity. Looks at the shape alone and calls nothing.
 *
 * `scopes` with one entry goes before `scope`. The bearer scheme is case-insensitive (RFC 9110, section
 * 11.1); a JWT without a scheme is taken too, because the Go SDK can send that.
 */
export function readRequest(call: ExchangeCall): ExchangeRequest {
  return { scope: readScope(call), identity: readIdentity(call), bearer: readBearer(call.authorization) }
}

function readScope(call: ExchangeCall): Scope {
  if (call.scopes.length > 1) throw new StsError('scope_repeated')
  const value = call.scopes[0] ?? call.scope
  if (value === '') throw new StsError('scope_missing')
  const scope = parseScope(value)
  if (scope === undefined) throw new StsError('scope_malformed')
  return scope
}

function readIdentity({ identity }: ExchangeCall): string {
  if (identity === '') throw new StsError('identity_missing')
  if (!isIdentity(identity)) throw new StsError('identity_malformed')
  return identity
}

function readBearer(authorization: readonly string[]): string {
  const [value, ...others] = authorization
  if (others.length > 0) throw new StsError('bearer_repeated')
  if (value === undefined) throw new StsError('bearer_missing')
  const credentials = /^(?:bearer(?: +|$))?(\S*)$/i.exec(value.trim())?.[1]
  if (!credentials) throw new StsError('bearer_missing')
  return credentials
}
