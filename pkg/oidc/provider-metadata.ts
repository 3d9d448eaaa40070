import { StsError } from '#pkg/errors'
import { isAlgorithm, type Algorithm } from './algorithms.ts'
import { isFetchable } from './guarded-fetch.ts'
import { isJsonObject } from '#pkg/jwt'
import type { Reach } from './reach.ts'

/** What an OpenID provider says about itself, as far as it is needed (OpenID Connect Discovery 1.0, section 3). */
export interface ProviderMetadata {
  readonly jwksUri: URL
  /** What it signs with, cut down to what is allowed here; empty if that leaves nothing. */
  readonly algorithms: ReadonlySet<Algorithm>
}

/** Longer ones are refused. */
const JWKS_URI_MAX_LENGTH = 2048

/**
 * Where an issuer describes itself (OpenID Connect Discovery 1.0, section 4): a slash at its end is
 * cut here and nowhere else.
 */
export function discoveryUrl(issuer: string): URL {
  return new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
}

/**
 * Reads an OpenID provider's metadata.
 *
 * @throws StsError `issuer_document_malformed`; `issuer_document_mismatch` if it speaks for another
 *   issuer (section 4.3: the two are identical); `issuer_key_set_uri_refused`.
 */
export function readProviderMetadata(document: unknown, issuer: string, reach: Reach): ProviderMetadata {
  if (!isJsonObject(document)) throw new StsError('issuer_document_malformed')
  if (document['issuer'] !== issuer) throw new StsError('issuer_document_mismatch')
  return {
    jwksUri: readJwksUri(document['jwks_uri'], reach),
    algorithms: readAlgorithms(document['id_token_signing_alg_values_supported']),
  }
}

function readJwksUri(value: unknown, reach: Reach): URL {
  // Judged as written first: parsing drops white space, turns backslashes and completes what is relative.
  if (
    typeof value === 'string' &&
    value.length <= JWKS_URI_MAX_LENGTH &&
    /^https?:\/\/(?![^/?#]*@)[!-[\]-~]+$/.test(value)
  ) {
    const url = URL.canParse(value) ? new URL(value) : undefined
    if (url !== undefined && isFetchable(url, reach)) return url
  }
  throw new StsError('issuer_key_set_uri_refused')
}

/** RS256 alone for a provider that names none: the one that each must support (section 3). */
function readAlgorithms(value: unknown): ReadonlySet<Algorithm> {
  const advertised: readonly unknown[] = Array.isArray(value) && value.length > 0 ? value : ['RS256']
  return new Set(advertised.filter(isAlgorithm))
}
