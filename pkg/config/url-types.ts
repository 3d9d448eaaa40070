import { parsed, unparsed, type Parsed, type ValueType } from './value-type.ts'

const URL_MAX_LENGTH = 2_048
/** What `new URL` would rewrite or drop in silence: an operator should see it instead. */
const UNPRINTABLE = /[^\x21-\x7e]|\\/
const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * The base of an API that tokens are sent to: `https`, or `http` for `localhost`, `127.0.0.1` and `[::1]`; no user name,
 * query or fragment. Without a trailing slash, so that a path can follow.
 */
export const API_BASE_URL: ValueType<string> = {
  allowed: 'an https URL (http for localhost, 127.0.0.1 or [::1]) without user name, query or fragment',
  parse: (text) => {
    const url = readUrl(text)
    if (!url.ok) return url
    const { origin, pathname } = url.value
    const problem = unprotectedProblemOf(url.value) ?? extrasOf(text, url.value)
    return problem === undefined ? parsed(origin + pathname.replace(/\/+$/, '')) : unparsed(problem)
  },
}

/** Exactly an origin: `https://host` or `https://host:port`, in lower case and without a default port. */
export const HTTPS_ORIGIN: ValueType<string> = {
  allowed: 'an https origin (https://host or https://host:port), in lower case, without a path',
  parse: (text) => {
    const url = readUrl(text)
    if (!url.ok) return url
    if (url.value.protocol !== 'https:') return unparsed('not an https URL')
    return url.value.origin === text ? parsed(text) : unparsed(`its origin is ${url.value.origin}`)
  },
}

/** An `https` URL without user name and fragment. */
export const HTTPS_URL: ValueType<string> = {
  allowed: 'an https URL without user name or fragment',
  parse: (text) => {
    const url = readUrl(text)
    if (!url.ok) return url
    if (url.value.protocol !== 'https:') return unparsed('not an https URL')
    if (hasCredentials(url.value)) return unparsed('it has a user name or password')
    return text.includes('#') ? unparsed('it has a fragment') : parsed(url.value.href)
  },
}

/** The `http` or `https` URL of a collector. */
export const HTTP_URL: ValueType<string> = {
  allowed: 'an http or https URL',
  parse: (text) => {
    const url = readUrl(text)
    if (!url.ok) return url
    return isHttp(url.value) ? parsed(url.value.href) : unparsed('not an http or https URL')
  },
}

/** Where events are sent to, byte for byte as it is written: its receiver compares it with the audience of a token. */
export const EVENT_TARGET: ValueType<string> = {
  allowed: 'an http or https URL without user name or fragment',
  parse: (text) => {
    const url = readUrl(text)
    if (!url.ok) return url
    if (!isHttp(url.value)) return unparsed('not an http or https URL')
    if (hasCredentials(url.value)) return unparsed('it has a user name or password')
    return text.includes('#') ? unparsed('it has a fragment') : parsed(text)
  },
}

/**
 * Where a token is asked for: `https`, or `http` for `localhost`, `127.0.0.1` and `[::1]`; byte for byte as it is
 * written, with its query.
 */
export const TOKEN_URL: ValueType<string> = {
  allowed: 'an https URL (http for localhost, 127.0.0.1 or [::1]) without user name or fragment',
  parse: (text) => {
    const url = readUrl(text)
    if (!url.ok) return url
    const problem = unprotectedProblemOf(url.value)
    if (problem !== undefined) return unparsed(problem)
    if (hasCredentials(url.value)) return unparsed('it has a user name or password')
    return text.includes('#') ? unparsed('it has a fragment') : parsed(text)
  },
}

/**
 * A forward proxy: an `http` or `https` URL, where a missing scheme means `http`, as in Go.
 * https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 */
export const PROXY_URL: ValueType<string> = {
  allowed: 'the http or https URL of a proxy, or its host:port',
  parse: (text) => {
    const url = readUrl(text.includes('://') ? text : `http://${text}`)
    if (!url.ok) return url
    if (!isHttp(url.value)) return unparsed('only http and https proxies are supported')
    if (url.value.pathname !== '/' || /[?#]/.test(text)) return unparsed('it has a path, query or fragment')
    return parsed(url.value.href)
  },
}

/** The address of Redis or Valkey: `redis`, or `rediss` for TLS; a user, a password, a port and a database may be there. */
export const REDIS_URL: ValueType<string> = {
  allowed: 'redis://USER:PASSWORD@HOST:PORT/DATABASE, or rediss:// for TLS; all but the host may be left out',
  parse: (text) => {
    const url = readUrl(text)
    if (!url.ok) return url
    const { protocol, hostname, pathname } = url.value
    if (protocol !== 'redis:' && protocol !== 'rediss:') return unparsed('not a redis or rediss URL')
    if (hostname === '') return unparsed('it has no host')
    if (!/^(?:\/\d{0,5})?$/.test(pathname)) return unparsed('its path is not the number of a database')
    return /[?#]/.test(text) ? unparsed('it has a query or fragment') : parsed(text)
  },
}

function readUrl(text: string): Parsed<URL> {
  if (text.length > URL_MAX_LENGTH) return unparsed(`longer than ${URL_MAX_LENGTH} characters`)
  if (UNPRINTABLE.test(text)) return unparsed('it has white space, a backslash or a character outside ASCII')
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return unparsed('not an absolute URL')
  try {
    return parsed(new URL(text))
  } catch {
    return unparsed('not a URL')
  }
}

function isHttp({ protocol }: URL): boolean {
  return protocol === 'http:' || protocol === 'https:'
}

/** What speaks against sending a token there: only what stays on the machine may go without TLS. */
function unprotectedProblemOf({ protocol, hostname }: URL): string | undefined {
  if (protocol === 'https:') return undefined
  if (protocol !== 'http:') return 'not an https URL'
  return LOOPBACK_HOSTS.has(hostname) ? undefined : 'http is for loopback only'
}

function extrasOf(text: string, url: URL): string | undefined {
  if (hasCredentials(url)) return 'it has a user name or password'
  if (text.includes('?')) return 'it has a query'
  return text.includes('#') ? 'it has a fragment' : undefined
}

function hasCredentials(url: URL): boolean {
  return url.username !== '' || url.password !== ''
}
