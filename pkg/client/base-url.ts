import { ClientError } from './client-error.ts'

const URL_MAX_CHARACTERS = 2_048

/** What `new URL` would rewrite or drop in silence. */
const UNPRINTABLE = /[^\x21-\x7e]|\\/

/** Where a token may travel without TLS: it does not leave the machine. */
const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * The base URL of a server that tokens are sent to: `https`, or `http` for `localhost`, `127.0.0.1` and `[::1]`,
 * without user name, query or fragment. A bare domain, with or without port and path, means `https`.
 *
 * @throws ClientError `invalid_input`; the message says what is wrong and does not repeat the text.
 */
export function readBaseUrl(text: string): URL {
  const url = readTokenUrl(text, 'the URL')
  if (text.includes('?') || text.includes('#')) throw refused('the URL', 'it has a query or a fragment')
  return url
}

/** As {@link readBaseUrl}, but with a query. `name` is what the message calls it. */
export function readTokenUrl(text: string, name: string): URL {
  if (text === '') throw refused(name, 'it is empty')
  if (text.length > URL_MAX_CHARACTERS)
    throw refused(name, `it is longer than ${URL_MAX_CHARACTERS} characters`)
  if (UNPRINTABLE.test(text))
    throw refused(name, 'it has white space, a backslash or a character outside ASCII')
  const absolute = text.includes('://') ? text : `https://${text}`
  if (!URL.canParse(absolute)) throw refused(name, 'it is not a URL')
  const url = new URL(absolute)
  if (url.protocol === 'http:' && !LOOPBACK_HOSTS.has(url.hostname)) {
    throw refused(name, 'http is for this machine only, because a token is sent: use https')
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refused(name, 'it is not an https URL')
  if (url.username !== '' || url.password !== '') throw refused(name, 'it has a user name or password')
  return url
}

/** `path` below a base URL, which may have a path of its own. */
export function urlBelow(base: URL, path: string): URL {
  return new URL(base.origin + base.pathname.replace(/\/+$/, '') + path)
}

function refused(name: string, problem: string): ClientError {
  return new ClientError('invalid_input', `${name} cannot be used: ${problem}`)
}
