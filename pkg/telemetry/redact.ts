/** What stands in a log where a secret was. */
export const REDACTED = '[redacted]'

/** A logged string has at most this many UTF-16 code units; the rest is cut, and the cut is marked. */
export const LOGGED_STRING_MAX_LENGTH = 4096

// Every expression here scans in linear time: none can fail late after a long first part and start again
// one character further on.
const GITHUB_TOKEN = /gh[a-z]_[A-Za-z0-9._-]+|github_pat_[A-Za-z0-9_]+/g
// A space may have been written as in a URL's query.
const PRIVATE_KEY =
  /-----BEGIN[A-Z0-9 %+]{1,40}PRIVATE(?: |%20|\+)KEY-----[^]*?(?:-----END[A-Z0-9 %+]{1,40}PRIVATE(?: |%20|\+)KEY-----|$)/g
const BEARER = /(bearer)((?:[ \t+]|%20)+)([A-Za-z0-9._~+/=-]+)/gi
const URL_CREDENTIALS = /\/\/[^\s/?#@"']*@/g
const URL_CREDENTIALS_CUT = /\/\/[^\s/?#@"']*$/
/** What any of the above, or a JWT, cannot do without. Most texts have none of it, and are done with. */
const SUSPICIOUS = /gh[a-z]_|github_pat_|eyJ|-----BEGIN|bearer|\/\/[^\s/?#@"']*@/i
const DOTTED_RUN = /[A-Za-z0-9._-]+/g
const PROSE_WORD = /^[a-z]{1,12}[.]?$/

/**
 * `value` without anything that looks like a secret: GitHub tokens of every kind, JWTs, PEM private keys,
 * bearer credentials, and user names and passwords in URLs. Cut to {@link LOGGED_STRING_MAX_LENGTH}.
 *
 * The last line of defence: nothing should hand a secret to the logger in the first place. Errs on the side
 * of hiding too much, and takes time linear in the length that is kept.
 *
 * GitHub's token forms: https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats
 * JWS compact form: RFC 7515, section 7.1. PEM: RFC 7468. Bearer credentials: RFC 6750, section 2.1.
 */
export function redact(value: string): string {
  if (value.length <= LOGGED_STRING_MAX_LENGTH && !SUSPICIOUS.test(value)) return value
  // Cutting first keeps the cost bounded. A secret that the cut falls into is still known by its beginning.
  const kept = value.length > LOGGED_STRING_MAX_LENGTH ? value.slice(0, LOGGED_STRING_MAX_LENGTH) : value
  const clean = redactJwts(kept.replace(PRIVATE_KEY, REDACTED).replace(GITHUB_TOKEN, REDACTED))
    .replace(BEARER, redactBearer)
    .replace(URL_CREDENTIALS, `//${REDACTED}@`)
  return kept.length === value.length ? clean : `${clean.replace(URL_CREDENTIALS_CUT, `//${REDACTED}`)}…`
}

/**
 * A JWT begins with `eyJ` (base64url of `{"`) and has a dot. Looked for inside whole runs of its alphabet,
 * because an expression that starts at `eyJ` would be quadratic on `eyJeyJeyJ...`.
 */
function redactJwts(text: string): string {
  if (!text.includes('eyJ')) return text
  return text.replace(DOTTED_RUN, (run) => {
    const start = run.indexOf('eyJ')
    return start >= 0 && run.includes('.', start) ? `${run.slice(0, start)}${REDACTED}` : run
  })
}

/** Sentences such as "the bearer token is not valid" stay readable: one plain word is no credential. */
function redactBearer(match: string, scheme: string, space: string, credential: string): string {
  const isProse = scheme === 'bearer' && PROSE_WORD.test(credential)
  return isProse ? match : `${scheme}${space}${REDACTED}`
}
