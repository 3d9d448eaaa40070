import type { ConfigError } from './config-error.ts'
import { PROBER_VARIABLES, type ProberValues } from './prober-variables.ts'

/** Where a prober has its OIDC token from. */
export type ProberTokenConfig =
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: 'actions'
      readonly requestUrl: string
      /** A secret. */
      readonly requestToken: string
    }
  /** Answers as the one of GitHub Actions does, but asks for no authorization. */
  | { readonly kind: 'issuer'; readonly url: string }
  /** The metadata server, as `host` or `host:port`; undefined: the usual one. */
  | { readonly kind: 'google'; readonly metadataHost: string | undefined }

/** The source that is named, else the one of the place that the program runs in. */
export function readProberToken(
  values: ProberValues,
  report: (error: ConfigError) => void,
): ProberTokenConfig {
  const { PROBER_TOKEN_FILE: path, PROBER_TOKEN_URL: url } = values
  if (path !== undefined && url !== undefined) {
    report({
      variable: 'PROBER_TOKEN_FILE, PROBER_TOKEN_URL',
      holds: 'a value each',
      problem: 'several sources of the token',
      allowed: 'at most one of the two',
    })
  }
  if (path !== undefined) return { kind: 'file', path }
  if (url !== undefined) return { kind: 'issuer', url }
  const { ACTIONS_ID_TOKEN_REQUEST_URL: requestUrl, ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken } = values
  if (requestUrl !== undefined && requestToken !== undefined) {
    return { kind: 'actions', requestUrl, requestToken }
  }
  if (requestUrl !== undefined) reportLacking('ACTIONS_ID_TOKEN_REQUEST_TOKEN', report)
  if (requestToken !== undefined) reportLacking('ACTIONS_ID_TOKEN_REQUEST_URL', report)
  return { kind: 'google', metadataHost: values.GCE_METADATA_HOST }
}

function reportLacking(
  variable: 'ACTIONS_ID_TOKEN_REQUEST_TOKEN' | 'ACTIONS_ID_TOKEN_REQUEST_URL',
  report: (error: ConfigError) => void,
): void {
  report({
    variable,
    holds: 'not set',
    problem: 'GitHub Actions sets both or none',
    allowed: PROBER_VARIABLES[variable].type.allowed,
  })
}
