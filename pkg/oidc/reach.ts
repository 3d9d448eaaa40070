import type { AddressClass } from './ip-address.ts'

/** Where one target of an issuer may be. */
export interface Allowance {
  /** Every address of the target must be of one of these classes. */
  readonly addresses: readonly AddressClass[]
  /** Whether the target may be asked without TLS. */
  readonly plainHttp: boolean
}

/**
 * What an issuer may lead the server to: its own document, where that redirects, its key set. It is
 * the issuer that decides, not the target: a stranger's `jwks_uri` gets no further than the internet,
 * also when it names a host that is open to somebody else.
 */
export type Reach = (target: URL) => Allowance

/** What an operator opens beyond the internet. */
export interface ReachOptions {
  /** Lets loopback issuers have loopback targets, over plain http too. For development only. */
  readonly allowLoopback: boolean
  /**
   * Issuers that may be on a private address: origins (`https://issuer.example`: any issuer there) or
   * issuers with a path (only that one). Such an issuer may lead to any origin of this list.
   */
  readonly privateIssuers: readonly string[]
}

/** The hosts of a loopback issuer, byte for byte. */
const LOOPBACK_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

const INTERNET: Allowance = { addresses: ['global'], plainHttp: false }
const PRIVATE_NETWORK: Allowance = { addresses: ['global', 'private', 'loopback'], plainHttp: false }
const THIS_MACHINE: Allowance = { addresses: ['loopback'], plainHttp: true }

/** The reach of a key set that the operator configured: any host, but never plain http. */
export const OPERATOR_REACH: Reach = () => PRIVATE_NETWORK

/** What each issuer may lead to. */
export function createReaches(options: ReachOptions): (issuer: string) => Reach {
  const privateOrigins = new Set(options.privateIssuers.map((entry) => new URL(entry).origin))
  const privateIssuers = new Set(
    options.privateIssuers.map((entry) => (new URL(entry).pathname === '/' ? new URL(entry).origin : entry)),
  )
  const toPrivate: Reach = (target) => (privateOrigins.has(target.origin) ? PRIVATE_NETWORK : INTERNET)
  const toLoopback: Reach = (target) => (isLoopbackHost(target) ? THIS_MACHINE : INTERNET)

  return (issuer) => {
    const url = new URL(issuer)
    if (options.allowLoopback && LOOPBACK_HOSTS.some((host) => hasHost(issuer, host))) return toLoopback
    if (privateIssuers.has(issuer) || privateIssuers.has(url.origin)) return toPrivate
    return () => INTERNET
  }
}

function isLoopbackHost(target: URL): boolean {
  return LOOPBACK_HOSTS.includes(target.hostname)
}

/** Judged on the issuer as written: `https://127.1` is not a loopback issuer, though its URL's host is. */
function hasHost(issuer: string, host: string): boolean {
  const authority = issuer.split('/', 3)[2]
  return authority === host || authority?.startsWith(`${host}:`) === true
}

/**
 * Whether a host name is one that no issuer can have, known without asking DNS: this machine's names,
 * a cluster's own API server, a cloud's metadata service.
 */
export function isRefusedName(hostname: string, allowance: Allowance): boolean {
  const name = hostname.toLowerCase().replace(/\.+$/, '')
  if (METADATA_NAMES.some((refused) => isAtOrBelow(name, refused))) return true
  return !isLocal(allowance) && LOCAL_NAMES.some((refused) => isAtOrBelow(name, refused))
}

/** Whether more than the internet is open. */
export function isLocal(allowance: Allowance): boolean {
  return allowance.addresses.some((addressClass) => addressClass !== 'global')
}

/** Google Cloud's documentation, "View and query VM metadata". */
const METADATA_NAMES: readonly string[] = ['metadata.google.internal', 'metadata.goog']
/** RFC 6761, section 6.3; Kubernetes' documentation, "DNS for Services and Pods". */
const LOCAL_NAMES: readonly string[] = ['localhost', 'svc', 'cluster.local']

function isAtOrBelow(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`)
}
