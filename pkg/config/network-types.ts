import { integerType, parsed, textType, type ValueType } from './value-type.ts'

const PORT_MAX = 65_535
const TRUSTED_HOPS_MAX = 100

/** A TCP port; 0 lets the system choose one. */
export const PORT_NUMBER = integerType(0, PORT_MAX, 'a port number')

/** An IP address or a host name to listen on. */
export const LISTEN_ADDRESS = textType(
  /^[A-Za-z0-9.:-]{1,253}$/,
  'an IP address or a host name, without port or brackets',
)

/** How many entries of `X-Forwarded-For`, from the right, were written by proxies in front. */
export const TRUSTED_HOPS = integerType(0, TRUSTED_HOPS_MAX, 'a number')

/** Hosts that are dialled without a proxy, as the proxy's agent reads them. */
export const PROXY_BYPASS: ValueType<string> = { allowed: 'comma-separated hosts and domains', parse: parsed }
