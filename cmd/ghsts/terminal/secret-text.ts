/**
 * What a JWT or a token of GitHub looks like. A JWT begins with base64url of `{"`, which is `eyJ`; with white space
 * behind the brace, that is another `ey` or `ew` (RFC 7515, section 3.1). GitHub's tokens have a prefix.
 *
 * @see https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats
 */
const TOKEN =
  /(?<![A-Za-z0-9])(?:eyJ[\w-]{13}|e[yw][\w-]{14,}\.[\w-]{16,}\.|gh[a-z]_[A-Za-z0-9]{16}|github_pat_\w{16})/

/** Whether an argument may be a token, and so must not be repeated anywhere. */
export function isLikeToken(argument: string): boolean {
  return TOKEN.test(argument)
}
