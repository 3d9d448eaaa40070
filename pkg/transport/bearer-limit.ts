import { StsError } from '#pkg/errors'

/**
 * Refuses a bearer token over `maxBytes`. HTTP/2 and HTTP/1.1 bound their headers differently, so this is
 * checked here for both; everything else about the bearer is judged by the exchange.
 *
 * @throws StsError `token_too_large`
 */
export function checkBearerSize(authorization: readonly string[], maxBytes: number): void {
  for (const value of authorization) {
    const bearer = value.replace(/^bearer +/i, '')
    if (bearer.length > maxBytes) throw new StsError('token_too_large', { detail: { bytes: bearer.length } })
  }
}
