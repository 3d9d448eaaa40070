import { StsError } from '#pkg/errors'

const DEFAULT_PORT = 6_379

/** Where a Redis server is, and as whom to speak to it. */
export interface RedisEndpoint {
  readonly host: string
  readonly port: number
  readonly isTls: boolean
  /** What AUTH takes: nothing, a password, or a user and a password. */
  readonly credentials: readonly string[]
  /** The number of the database; undefined: the first. */
  readonly database: number | undefined
}

/**
 * Reads `redis://[[user]:password@]host[:port][/database]`, or `rediss://` for TLS, as in
 * https://www.iana.org/assignments/uri-schemes/prov/redis, without its queries. User and password are percent-encoded.
 *
 * @throws `store_unavailable`; what is wrong is not quoted, for it may be the password.
 */
export function parseRedisUrl(text: string): RedisEndpoint {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isTls = url?.protocol === 'rediss:'
  if (url === undefined || (!isTls && url.protocol !== 'redis:')) throw urlError()
  const database = /^\/?$|^\/(0|[1-9]\d{0,4})$/.exec(url.pathname)
  if (url.hostname === '' || url.port === '0' || database === null || url.search + url.hash !== '') {
    throw urlError()
  }
  const [user, password] = [decode(url.username), decode(url.password)]
  if (user === undefined || password === undefined || (user !== '' && password === '')) throw urlError()
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    isTls,
    credentials: [user, password].filter((part) => part !== ''),
    database: Number(database[1] ?? 0) || undefined,
  }
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

function urlError(): StsError {
  return new StsError('store_unavailable', {
    detail: { problem: 'the URL of the store is not redis://[[user]:password@]host[:port][/database]' },
  })
}
