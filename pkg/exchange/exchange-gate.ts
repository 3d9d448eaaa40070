import { StsError } from '#pkg/errors'

/** Exchanges that are worked at a time, in all. */
const IN_FLIGHT_MAX = 2_000
/** The same of one issuer, by the issuer that the token names: a quarter, so that no single one keeps out the rest. */
const IN_FLIGHT_PER_ISSUER_MAX = 500
/** The same of all issuers together that have never served a grant: anyone can run any number of slow ones. */
const IN_FLIGHT_OF_STRANGERS_MAX = 1_000
const RETRY_AFTER_MS = 1_000

/** Bounds the exchanges in flight: what waits for an issuer or for GitHub occupies memory. */
export interface ExchangeGate {
  /**
   * Lets an exchange in; the function that comes back lets it out again.
   *
   * @throws StsError `overloaded`.
   */
  enter(issuer: string, isStranger: boolean): () => void
}

export function createExchangeGate(): ExchangeGate {
  let inFlight = 0
  let ofStrangers = 0
  const byIssuer = new Map<string, number>()

  return {
    enter(issuer, isStranger) {
      const ofIssuer = byIssuer.get(issuer) ?? 0
      if (
        inFlight >= IN_FLIGHT_MAX ||
        ofIssuer >= IN_FLIGHT_PER_ISSUER_MAX ||
        (isStranger && ofStrangers >= IN_FLIGHT_OF_STRANGERS_MAX)
      ) {
        throw new StsError('overloaded', { retryAfterMs: RETRY_AFTER_MS })
      }
      inFlight += 1
      if (isStranger) ofStrangers += 1
      byIssuer.set(issuer, ofIssuer + 1)
      return () => {
        inFlight -= 1
        if (isStranger) ofStrangers -= 1
        const left = (byIssuer.get(issuer) ?? 1) - 1
        if (left === 0) byIssuer.delete(issuer)
        else byIssuer.set(issuer, left)
      }
    },
  }
}
